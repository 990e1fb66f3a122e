package tgtest

import (
	"encoding/json"
	"strconv"
	"strings"
)

// fileFields holds the kinds of files. The key is the field of the message, and the value lists the numbers in that
// field besides the file's size.
var fileFields = map[string][]string{
	"photo":      {"width", "height"},
	"document":   {},
	"video":      {"width", "height", "duration"},
	"animation":  {"width", "height", "duration"},
	"audio":      {"duration"},
	"voice":      {"duration"},
	"video_note": {"length", "duration"},
	"sticker":    {"width", "height"},
}

// fileMethods holds the methods that send a file, each with the field of the message. The parameter has the same name.
var fileMethods = map[string]string{
	"sendPhoto": "photo", "sendDocument": "document", "sendVideo": "video", "sendAnimation": "animation",
	"sendAudio": "audio", "sendVoice": "voice", "sendVideoNote": "video_note", "sendSticker": "sticker",
}

// copiedMethods holds the methods whose parameters become the content unchanged, each with the field of the message and
// the parameters in the server's order.
var copiedMethods = map[string]struct {
	field  string
	params []string
}{
	"sendLocation": {"location", []string{"latitude", "longitude", "horizontal_accuracy", "live_period"}},
	"sendContact":  {"contact", []string{"phone_number", "first_name", "last_name", "vcard"}},
	"sendVenue":    {"venue", []string{"title", "address", "foursquare_id"}},
	"sendDice":     {"dice", []string{"emoji"}},
	"sendPoll":     {"poll", []string{"question", "options", "type", "is_anonymous"}},
	"sendGame":     {"game", []string{"game_short_name"}},
}

// storedFile is a file that the bot or a user sent, with its path for getFile.
type storedFile struct {
	File
	path string
}

// storeFile stores a file and returns its id.
func (w *world) storeFile(f File, field string) string {
	w.lastFile++
	id := "tgtest-file-" + strconv.FormatInt(w.lastFile, 10)
	w.files[id] = storedFile{f, field + "s/file_" + strconv.FormatInt(w.lastFile, 10)}
	w.forgetFiles(id)
	return id
}

// forgetFiles notes a new file and forgets the oldest ones.
func (w *world) forgetFiles(id string) {
	for _, old := range w.fileIDs.add(id) {
		delete(w.files, old)
	}
}

// fileOf returns the id of the file that a parameter means: an upload, the id of a stored file, or a URL.
func (s *Server) fileOf(call *Call, value, field string) (id string, refused *reply) {
	name, attached := strings.CutPrefix(value, "attach://")
	if f, ok := call.Files[name]; ok && attached {
		return s.world.storeFile(f, field), nil
	}
	switch {
	case attached || value == "":
		return "", wrong("there is no " + strings.ReplaceAll(field, "_", " ") + " in the request")
	case strings.HasPrefix(value, "http://"), strings.HasPrefix(value, "https://"):
		return s.world.storeFile(File{Name: fileName(value)}, field), nil
	}
	if _, ok := s.world.files[value]; !ok {
		return "", wrong("wrong file identifier/HTTP URL specified")
	}
	return value, nil
}

// fileContent returns the field of a message for a file.
func (w *world) fileContent(field, id string) []byte {
	f := w.files[id]
	var o object
	o.open()
	o.str("file_id", id)
	o.str("file_unique_id", "unique-"+id)
	if field == "document" {
		o.text("file_name", f.Name)
	}
	for _, number := range fileFields[field] {
		o.int(number, 1)
	}
	if field == "sticker" {
		o.str("type", "regular")
		o.bool("is_animated", false)
		o.bool("is_video", false)
	}
	o.int("file_size", int64(len(f.Data)))
	o.close()
	if field == "photo" {
		o = append(append(object{'['}, o...), ']')
	}
	return append([]byte(`"`+field+`":`), o...)
}

// sendContent runs every method that sends a message with something other than a text.
func (s *Server) sendContent(call *Call) reply {
	chat, refused := s.chatOf(call)
	if refused != nil {
		return *refused
	}
	m := &Message{Chat: chat, ThreadID: call.Params.Int("message_thread_id")}
	refused = firstWrong(setCaption(m, call.Params), setMarkup(m, call.Params), setReply(m, call.Params))
	if refused != nil {
		return *refused
	}
	if field, ok := fileMethods[call.Method]; ok {
		value := call.Params[field]
		if _, uploaded := call.Files[field]; uploaded {
			value = "attach://" + field
		}
		id, refused := s.fileOf(call, value, field)
		if refused != nil {
			return *refused
		}
		m.Media, m.content = field, s.world.fileContent(field, id)
	} else if call.Method == "sendInvoice" {
		if refused := setInvoice(m, call.Params); refused != nil {
			return *refused
		}
	} else if c, ok := copiedMethods[call.Method]; ok {
		m.Media, m.content = c.field, copiedContent(c.field, c.params, call.Params)
	} else {
		m.Media = strings.ToLower(strings.TrimPrefix(call.Method, "send"))
	}
	return s.sent(call, m)
}

// copiedContent makes a field of a message from parameters. A parameter that is JSON, such as a number, stays JSON.
func copiedContent(field string, names []string, params Params) []byte {
	o := object(`"` + field + `":`)
	o.open()
	for _, name := range names {
		value, ok := params[name]
		var number json.Number
		switch {
		case !ok:
		case name != "phone_number" && (strings.HasPrefix(value, "[") && json.Valid([]byte(value)) ||
			value == "true" || value == "false" || json.Unmarshal([]byte(value), &number) == nil):
			o.raw(name, appendJSON(nil, []byte(value)))
		default:
			o.str(name, value)
		}
	}
	o.close()
	return o
}

func (s *Server) editMessageCaption(call *Call) reply {
	m, answer := s.edit(call)
	if answer != nil {
		return *answer
	}
	if !m.caption && m.Text != "" {
		return badRequest("there is no caption in the message to edit")
	}
	if refused := firstWrong(setCaption(m, call.Params), setMarkup(m, call.Params)); refused != nil {
		return *refused
	}
	return s.edited(m)
}

// inputMedia is an InputMedia, the parameter of sendMediaGroup and editMessageMedia.
type inputMedia struct {
	Type      string `json:"type"`
	Media     string `json:"media"`
	Caption   string `json:"caption"`
	ParseMode string `json:"parse_mode"`
}

func (s *Server) setMedia(m *Message, media inputMedia, call *Call) *reply {
	if _, ok := fileFields[media.Type]; !ok {
		return wrong("can't parse InputMedia: type must be non-empty")
	}
	if refused := setCaption(m, Params{"caption": media.Caption, "parse_mode": media.ParseMode}); refused != nil {
		return refused
	}
	id, refused := s.fileOf(call, media.Media, media.Type)
	if refused == nil {
		m.Media, m.content = media.Type, s.world.fileContent(media.Type, id)
	}
	return refused
}

func (s *Server) editMessageMedia(call *Call) reply {
	m, answer := s.edit(call)
	if answer != nil {
		return *answer
	}
	var media inputMedia
	if call.Params.Decode("media", &media) != nil {
		return badRequest("can't parse input media JSON object")
	}
	if refused := firstWrong(s.setMedia(m, media, call), setMarkup(m, call.Params)); refused != nil {
		return *refused
	}
	return s.edited(m)
}

func (s *Server) sendMediaGroup(call *Call) reply {
	chat, refused := s.chatOf(call)
	if refused != nil {
		return *refused
	}
	var media []inputMedia
	if call.Params.Decode("media", &media) != nil || len(media) == 0 {
		return badRequest("can't parse media JSON object")
	}
	album := make([]*Message, len(media))
	for i, item := range media {
		album[i] = &Message{Chat: chat, ThreadID: call.Params.Int("message_thread_id")}
		if refused := firstWrong(s.setMedia(album[i], item, call), setReply(album[i], call.Params)); refused != nil {
			return *refused
		}
	}
	id := s.world.newAlbum()
	result := []byte{'['}
	for i, m := range album {
		if i > 0 {
			result = append(result, ',')
		}
		m.album = id
		s.sent(call, m)
		o := object(result)
		m.encode(&o, true)
		result = o
	}
	answer := success(append(result, ']'), "")
	answer.made = album[0]
	return answer
}
