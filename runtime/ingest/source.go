package ingest

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// source is an open file of inputs, unpacked when it is gzipped.
type source struct {
	name string // as the user gave it
	io.Reader
	size int64 // of the file on disk; 0 when it cannot be known
	read *counter
	file *os.File
}

// counter counts what is read of the file on disk.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// openSource opens a file; `-` is stdin.
func openSource(name string, stdin io.Reader) (*source, error) {
	s := &source{name: name}
	if name == "-" {
		s.name, s.read = "stdin", &counter{r: stdin}
	} else {
		file, err := os.Open(name)
		if err != nil {
			return nil, cannotRead(name, err)
		}
		info, err := file.Stat()
		if err == nil && info.IsDir() {
			err = errors.New("it is a folder; name the file")
		}
		if err != nil {
			file.Close()
			return nil, cannotRead(name, err)
		}
		s.file, s.read = file, &counter{r: file}
		if info.Mode().IsRegular() {
			s.size = info.Size()
		}
	}
	packed := bufio.NewReaderSize(s.read, 64<<10)
	s.Reader = packed
	if magic, _ := packed.Peek(2); string(magic) == "\x1f\x8b" {
		unpacked, err := gzip.NewReader(packed)
		if err != nil {
			s.Close()
			return nil, cannotRead(name, err)
		}
		s.Reader = unpacked
	}
	return s, nil
}

func cannotRead(name string, err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = path.Err // the name stands before it already
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s", name)
	}
	return fmt.Errorf("read %s: %w", name, err)
}

func (s *source) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// base is the file's name without its folder: what a rejected line is known by.
func (s *source) base() string { return filepath.Base(s.name) }

// extension is that of the unpacked file, in lower case.
func (s *source) extension() string {
	return filepath.Ext(strings.TrimSuffix(strings.ToLower(s.name), ".gz"))
}
