package tgtest

import (
	"regexp"
	"strings"
)

var fileIDs = regexp.MustCompile(`"file_id":"([^"\\]+)"`)

// FileID returns the file_id of the message's file, for a photo that of the largest size. The bot can pass it to getFile and
// to the methods that send files. It is empty if the message has no file.
func (m *Message) FileID() string {
	all := fileIDs.FindAllSubmatch(m.content, -1)
	if len(all) == 0 {
		return ""
	}
	if m.Media != "photo" { // the first one is the file; a thumbnail may follow
		return string(all[0][1])
	}
	return string(all[len(all)-1][1])
}

// File returns the file with the id: one that a user sent, or one that the bot uploaded. The data is empty for a file that
// the bot named by a URL, because the server downloads nothing.
func (s *Server) File(id string) (f File, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stored, ok := s.world.files[id]
	return stored.File, ok
}

// adoptFiles makes the files in the content of a message known, so that the bot can call getFile for them. They are empty.
func (w *world) adoptFiles(field string, content []byte) {
	for _, found := range fileIDs.FindAllSubmatch(content, -1) {
		id := string(found[1])
		if _, known := w.files[id]; !known {
			w.files[id] = storedFile{File{}, field + "s/" + id}
			w.forgetFiles(id)
		}
	}
}

// fileName returns the name of a file at a URL.
func fileName(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }
