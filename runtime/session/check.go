package session

import "fmt"

// CheckKeys is for authors of stores. It reports with [ErrInvalid] what Load must refuse.
func CheckKeys(keys []string) error {
	if len(keys) > MaxKeys {
		return fmt.Errorf("loading %d keys: %w: more than %d", len(keys), ErrInvalid, MaxKeys)
	}
	for _, key := range keys {
		if err := checkKey(key); err != nil {
			return fmt.Errorf("loading: %w", err)
		}
	}
	return nil
}

// CheckWrites is for authors of stores. It reports with [ErrInvalid] what Commit must refuse.
func CheckWrites(writes []Write) error {
	if len(writes) > MaxKeys {
		return fmt.Errorf("committing %d writes: %w: more than %d", len(writes), ErrInvalid, MaxKeys)
	}
	for i := range writes {
		w := &writes[i]
		if err := checkKey(w.Key); err != nil {
			return fmt.Errorf("committing: %w", err)
		}
		switch {
		case w.Rev < 0 || w.Next < 0:
			return fmt.Errorf("committing %q: %w: negative revision", w.Key, ErrInvalid)
		case w.Next == 0:
			return fmt.Errorf("committing %q: %w: Next is missing", w.Key, ErrInvalid)
		case w.Next == w.Rev:
			return fmt.Errorf("committing %q: %w: Next is equal to Rev", w.Key, ErrInvalid)
		case len(w.Data) > MaxData && !w.Delete:
			return fmt.Errorf("committing %q: %w: data of %d bytes, more than %d", w.Key, ErrInvalid, len(w.Data), MaxData)
		}
		// A commit has few writes, so comparing all pairs is cheaper than a map.
		for j := range i {
			if writes[j].Key == w.Key {
				return fmt.Errorf("committing %q: %w: two writes of one key", w.Key, ErrInvalid)
			}
		}
	}
	return nil
}

// CheckScan is for authors of stores. It reports with [ErrInvalid] what Scan must refuse.
func CheckScan(prefix, after string, limit int) error {
	switch {
	case len(prefix) > MaxKey:
		return fmt.Errorf("scanning: %w: prefix of %d bytes, more than %d", ErrInvalid, len(prefix), MaxKey)
	case len(after) > MaxKey:
		return fmt.Errorf("scanning: %w: key of %d bytes, more than %d", ErrInvalid, len(after), MaxKey)
	case limit < 1 || limit > MaxKeys:
		return fmt.Errorf("scanning: %w: limit %d, not 1 to %d", ErrInvalid, limit, MaxKeys)
	}
	return nil
}

func checkKey(key string) error {
	if key == "" {
		return fmt.Errorf("%w: empty key", ErrInvalid)
	}
	if len(key) > MaxKey {
		return fmt.Errorf("%w: key of %d bytes, more than %d", ErrInvalid, len(key), MaxKey)
	}
	return nil
}
