// Package sqlite keeps what is known of programmes in an SQLite file, by a driver in Go. The schema is in migrations/ and is
// brought up to date when the file is opened.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Registry is a subtitle.Registry in an SQLite file.
type Registry struct{ db *sql.DB }

// Open opens the file, creates it and its folder where they are missing, and brings its schema up to date.
func Open(ctx context.Context, file string) (*Registry, error) {
	const op fault.Op = "sqlite.Open"
	if file == "" {
		return nil, fault.Errorf(op, fault.Invalid, "registry: no file is given")
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	// WAL: readers do not wait for a writer. FULL: a state that was told survives a power cut.
	query := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+query.Encode())
	if err != nil {
		return nil, fault.E(op, fault.Internal, err)
	}
	db.SetMaxOpenConns(4)
	if err := migrate(ctx, db); err != nil {
		db.Close()
		return nil, fault.Errorf(op, kind(err), "registry %s cannot be opened: %w", file, err)
	}
	return &Registry{db}, nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Close closes the file.
func (r *Registry) Close() error { return fault.E("sqlite.Close", fault.Other, r.db.Close()) }

// Put writes what is known of a programme.
func (r *Registry) Put(ctx context.Context, p subtitle.Programme) error {
	const op fault.Op = "sqlite.Put"
	words, err := json.Marshal(p.Spec.HotWords)
	if err != nil {
		return fault.E(op, fault.Internal, err)
	}
	ended := sql.NullInt64{Int64: p.Ended.UnixNano(), Valid: !p.Ended.IsZero()}
	_, err = r.db.ExecContext(ctx, `INSERT OR REPLACE INTO programmes (id, state, created_ns, ended_ns, received_ns, last_seq, title,
		language, source, url, model, prompt, hot_words, final_only) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.ID, string(p.State), p.Created.UnixNano(), ended, int64(p.Received), p.LastSeq, p.Spec.Title, p.Spec.Language,
		string(p.Spec.Source), p.Spec.URL, p.Spec.Model, p.Spec.Prompt, string(words), p.Spec.FinalOnly)
	return fault.E(op, kind(err), err)
}

const columns = `SELECT id, state, created_ns, ended_ns, received_ns, last_seq, title, language, source, url, model, prompt,
	hot_words, final_only FROM programmes `

// Get reads a programme.
func (r *Registry) Get(ctx context.Context, id string) (*subtitle.Programme, error) {
	const op fault.Op = "sqlite.Get"
	p, err := scan(r.db.QueryRowContext(ctx, columns+"WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Errorf(op, fault.NotFound, "no programme %q", id)
	}
	if err != nil {
		return nil, fault.E(op, kind(err), err)
	}
	return p, nil
}

// List gives all programmes, newest first.
func (r *Registry) List(ctx context.Context) ([]subtitle.Programme, error) {
	const op fault.Op = "sqlite.List"
	rows, err := r.db.QueryContext(ctx, columns+"ORDER BY created_ns DESC, id")
	if err != nil {
		return nil, fault.E(op, kind(err), err)
	}
	defer rows.Close()
	var all []subtitle.Programme
	for rows.Next() {
		p, err := scan(rows)
		if err != nil {
			return nil, fault.E(op, kind(err), err)
		}
		all = append(all, *p)
	}
	return all, fault.E(op, kind(rows.Err()), rows.Err())
}

// Delete forgets a programme. It is no error that it is not there.
func (r *Registry) Delete(ctx context.Context, id string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM programmes WHERE id = ?", id)
	return fault.E("sqlite.Delete", kind(err), err)
}

func scan(row interface{ Scan(...any) error }) (*subtitle.Programme, error) {
	var p subtitle.Programme
	var created, received int64
	var ended sql.NullInt64
	var words string
	err := row.Scan(&p.ID, &p.State, &created, &ended, &received, &p.LastSeq, &p.Spec.Title, &p.Spec.Language,
		&p.Spec.Source, &p.Spec.URL, &p.Spec.Model, &p.Spec.Prompt, &words, &p.Spec.FinalOnly)
	if err != nil {
		return nil, err
	}
	p.Created, p.Received = time.Unix(0, created).UTC(), time.Duration(received)
	if ended.Valid {
		p.Ended = time.Unix(0, ended.Int64).UTC()
	}
	return &p, json.Unmarshal([]byte(words), &p.Spec.HotWords)
}

// kind classifies an error of SQLite.
func kind(err error) fault.Kind {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return fault.KindOf(err)
	}
	switch e.Code() & 0xff { // the low byte is the primary code (sqlite.org/rescode.html)
	case sqlite3.SQLITE_FULL:
		return fault.Exhausted
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR:
		return fault.Unavailable
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fault.Corrupt
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY:
		return fault.Denied
	}
	return fault.Internal
}
