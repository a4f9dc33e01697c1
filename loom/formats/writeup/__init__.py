"""Write-ups: a tree as a page, a post, a paper or a recording, to be read by people."""
