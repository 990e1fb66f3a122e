package tgtest

import (
	"strconv"

	"github.com/tggen/tggen/runtime/tgtest/internal/markup"
)

// An Attachment is a file of an album.
type Attachment struct {
	Kind string // photo, video, document or audio
	File File
}

// The limits of an album on Telegram.
const (
	minAlbum = 2
	maxAlbum = 10
)

// SendAlbum sends an album, and the bot receives a message for each file. As on Telegram, the messages have a
// media_group_id in common, the first one has the caption, and an album holds 2 to 10 files: photos and videos, or only
// documents, or only audio files.
func (m *Member) SendAlbum(caption string, files ...Attachment) []*Message {
	s := m.server
	s.tbHelper()
	if len(files) < minAlbum || len(files) > maxAlbum {
		s.failf("an album has %d to %d files, not %d", minAlbum, maxAlbum, len(files))
	}
	m.checkNoChannel()
	group := map[string]string{"photo": "visual", "video": "visual", "document": "document", "audio": "audio"}
	for _, f := range files {
		if g := group[f.Kind]; g == "" || g != group[files[0].Kind] {
			s.failf("an album cannot hold a %s and a %s", files[0].Kind, f.Kind)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.world.newAlbum()
	messages := make([]*Message, len(files))
	for i, f := range files {
		content := s.world.fileContent(f.Kind, s.world.storeFile(f.File, f.Kind))
		message := &Message{Chat: m.Chat, From: m.user, Media: f.Kind, content: content, caption: true, album: id}
		if i == 0 {
			message.Text, message.Entities = caption, markup.Find(caption)
		}
		messages[i] = s.sayLocked(message)
	}
	return messages
}

// newAlbum returns a new media_group_id.
func (w *world) newAlbum() string {
	w.lastAlbum++
	return strconv.FormatInt(13_000_000_000_000_000+w.lastAlbum, 10)
}
