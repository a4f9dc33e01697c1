CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
INSERT INTO conversations VALUES ('k1', 'Greetings', 'gpt-4o-mini');
CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT, options_json TEXT, response TEXT, response_json TEXT, conversation_id TEXT, duration_ms INTEGER, datetime_utc TEXT, input_tokens INTEGER, output_tokens INTEGER, token_details TEXT, schema_id TEXT, resolved_model TEXT);
INSERT INTO responses VALUES ('r1', 'gpt-4o-mini', 'Hello', 'Be kind.', NULL, '{}', 'Hello!', NULL, 'k1', 900, '2024-01-02T03:04:05.000001+00:00', 3, 2, NULL, NULL, NULL);
INSERT INTO responses VALUES ('r2', 'gpt-4o-mini', 'And now?', 'Be kind.', NULL, '{}', 'Now we talk.', '{"id": "x"}', 'k1', 700, '2024-01-02T03:05:05+00:00', 9, 4, NULL, NULL, NULL);
INSERT INTO responses VALUES ('r3', 'llama3', 'Alone', NULL, NULL, '{}', 'So am I.', NULL, NULL, 500, '2024-01-03T00:00:00+00:00', 1, 3, NULL, NULL, NULL);
