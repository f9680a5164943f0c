package store

import "fmt"

// LimitPages makes the disk of an open store full at that many pages.
func (s *Store) LimitPages(pages int) error {
	return s.run(fmt.Sprintf("PRAGMA max_page_count = %d", pages))
}

// After gives the id to try when another key has the one of `key`.
func After(key string) (id, next int64) { return hashOf(key), after(hashOf(key)) }

// Numbers reads what is packed.
func Numbers(text string) (lists [][]int64, err error) {
	err = numbers(text, func(n []int64) error {
		lists = append(lists, append([]int64(nil), n...))
		return nil
	})
	return lists, err
}
