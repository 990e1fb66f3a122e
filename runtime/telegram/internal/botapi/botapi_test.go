package botapi

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func TestReadAnswer(t *testing.T) {
	for _, size := range []int{0, 1, 100, 4096, 5000, 1 << 20, MaxAnswer} {
		data := bytes.Repeat([]byte("x"), size)
		for _, length := range []int{-1, size} {
			got, err := ReadAnswer(bytes.NewReader(data), int64(length), nil)
			if err != nil || !slices.Equal(got, data) {
				t.Errorf("%d bytes, length %d: %d bytes, %v", size, length, len(got), err)
			}
			again, err := ReadAnswer(bytes.NewReader(data[:size/2]), -1, got)
			if err != nil || len(again) != size/2 || cap(got) > 0 && &again[:1][0] != &got[:1][0] {
				t.Errorf("%d bytes, length %d: the buffer is not used again: %v", size, length, err)
			}
		}
	}
	for _, length := range []int64{-1, MaxAnswer + 1} {
		if _, err := ReadAnswer(bytes.NewReader(make([]byte, MaxAnswer+1)), length, nil); !errors.Is(err, ErrAnswerTooLarge) {
			t.Errorf("length %d: %v", length, err)
		}
	}
}
