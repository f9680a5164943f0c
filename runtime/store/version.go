package store

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/cespare/xxhash/v2"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Playbook is the hash of the playbook that runs, "" before the first.
func (s *Store) Playbook() (string, error) { return s.meta(metaPlaybook) }

// Adopt makes a playbook the one that runs from an instant on: its meaning by hash, and its files by path. Where the
// meaning is new, every contact that takes part is woken at that instant, to be looked at once. Files alone that are
// new, a comment for instance, are kept with no more ado. It says whether the meaning was new.
func (s *Store) Adopt(hash string, files map[string]string, since int64) (changed bool, err error) {
	text, err := json.Marshal(files) // an object's keys are sorted: equal files, equal text
	if err != nil {
		return false, fmt.Errorf("keep the playbook's files: %w", err)
	}
	sum := xxhash.New()
	_, _ = sum.Write(text)
	sources := hex.EncodeToString(sum.Sum(nil))
	wasPlaybook, err := s.meta(metaPlaybook)
	if err != nil {
		return false, err
	}
	wasSources, err := s.meta(metaSources)
	if err != nil || wasPlaybook == hash && wasSources == sources {
		return false, err
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write(text); err != nil {
		return false, fmt.Errorf("keep the playbook's files: %w", err)
	}
	if err := zip.Close(); err != nil {
		return false, fmt.Errorf("keep the playbook's files: %w", err)
	}
	return wasPlaybook != hash, s.transaction(func() error {
		if err := s.setMeta(metaPlaybook, hash); err != nil {
			return err
		}
		if err := s.setMeta(metaSources, sources); err != nil {
			return err
		}
		err := s.exec("INSERT INTO version(hash, since, files) VALUES (?, ?, ?)", hash, since, packed.Bytes())
		if err != nil || wasPlaybook == hash || wasPlaybook == "" {
			return err
		}
		if err := s.exec("UPDATE standing SET next = ?1 WHERE next > ?1 AND state IS NOT NULL", since); err != nil {
			return err
		}
		return s.lookAtAll(since)
	})
}

// Version is one playbook that ran.
type Version struct {
	Hash  string
	Since int64
	Files map[string]string // by path
}

// Versions gives the playbooks that ran, the first first.
func (s *Store) Versions() ([]Version, error) {
	var versions []Version
	err := s.rows("SELECT hash, since, files FROM version ORDER BY n", nil, func(row *sqlite.Stmt) error {
		v := Version{Hash: row.ColumnText(0), Since: row.ColumnInt64(1)}
		unzip, err := gzip.NewReader(bytes.NewReader(columnBytes(row, 2)))
		if err != nil {
			return fmt.Errorf("%s is damaged: the files of playbook %s: %w", s.path, v.Hash, err)
		}
		text, err := io.ReadAll(unzip)
		if err == nil {
			err = json.Unmarshal(text, &v.Files)
		}
		if err != nil {
			return fmt.Errorf("%s is damaged: the files of playbook %s: %w", s.path, v.Hash, err)
		}
		versions = append(versions, v)
		return nil
	})
	return versions, err
}

// exec executes a statement with parameters, whose rows do not matter.
func (s *Store) exec(query string, args ...any) error {
	return s.explain(sqlitex.Execute(s.conn, query, &sqlitex.ExecOptions{Args: args}))
}
