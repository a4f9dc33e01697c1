CREATE TABLE trees (id TEXT PRIMARY KEY, name TEXT);
INSERT INTO trees VALUES ('tr', 'weather');
CREATE TABLE nodes (id, parent_id, tree_id, kind, text, context_id, model, strategy, max_tokens, temperature, checked_out, created_at, metadata);
INSERT INTO nodes VALUES ('00000000000000000000000000000001', NULL, 'tr', 'root', 'Snow fell', '00000000000000000000000000000009', NULL, NULL, NULL, NULL, 0, '2025-11-02T09:00:00Z', '{}');
INSERT INTO nodes VALUES ('00000000000000000000000000000002', '00000000000000000000000000000001', 'tr', 'text', ' upwards.', NULL, 'gpt-4.1-base', 'system', 64, 0.9, 1, '2025-11-02T09:01:00Z', '{"model_idx": 0, "bookmarked": true, "usage": {"prompt_tokens": 3, "completion_tokens": 2}}');
INSERT INTO nodes VALUES ('00000000000000000000000000000003', '00000000000000000000000000000001', 'tr', 'text', ' sideways.', NULL, 'llama', 'few', 64, 1.1, 0, '2025-11-02T09:01:01Z', '{"hidden": true}');
INSERT INTO nodes VALUES ('00000000000000000000000000000009', NULL, 'tr', 'context', 'Write about weather.', NULL, NULL, NULL, NULL, NULL, 0, '2025-11-02T08:59:00Z', '{}');
PRAGMA user_version = 5;
