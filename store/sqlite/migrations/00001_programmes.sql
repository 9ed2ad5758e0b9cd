-- +goose Up
CREATE TABLE programmes (
    id         TEXT PRIMARY KEY,
    state      TEXT NOT NULL,             -- waiting, live, ended
    created_ns INTEGER NOT NULL,          -- Unix time in nanoseconds
    ended_ns   INTEGER,                   -- NULL while it has not ended
    received_ns INTEGER NOT NULL,         -- sound received
    last_seq   INTEGER NOT NULL,
    title      TEXT NOT NULL,
    language   TEXT NOT NULL,
    source     TEXT NOT NULL,
    url        TEXT NOT NULL,
    model      TEXT NOT NULL,
    prompt     TEXT NOT NULL,
    hot_words  TEXT NOT NULL,             -- JSON array of strings
    final_only INTEGER NOT NULL
) STRICT;
CREATE INDEX programmes_created ON programmes (created_ns DESC, id);

-- +goose Down
DROP TABLE programmes;
