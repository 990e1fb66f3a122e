package play

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

// pages holds the files of the page. It has no build step.
//
//go:embed page
var pages embed.FS

// Bounds of requests.
const (
	maxAction = 256 << 10
	maxUpload = 20 << 20 // as much as a bot can download on Telegram
)

// Times of the event streams.
const (
	heartbeat    = 15 * time.Second // a comment this often shows that the client is gone
	writeTimeout = 30 * time.Second // a client that takes longer is dropped, and connects again
)

// pageHandler serves the page.
func (p *Play) pageHandler() http.Handler {
	files, err := fs.Sub(pages, "page")
	if err != nil {
		panic(err) // the name is constant
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /events", p.serveEvents)
	mux.HandleFunc("POST /act", p.serveAct)
	mux.HandleFunc("POST /upload", p.serveUpload)
	mux.HandleFunc("GET /file/{id}", p.serveFile)
	mux.HandleFunc("GET /test", p.serveTest)
	return p.guard.protect(mux)
}

// refuse answers with an error.
func refuse(w http.ResponseWriter, status int, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error": reason}) // fails only if the client is gone
}

// serveEvents sends the State, and then what changes in it.
func (p *Play) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	connection := http.NewResponseController(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	message := []byte("retry: 500\n\n")
	for version := uint64(0); ; {
		p.mu.Lock()
		event, data := p.board.since(version)
		version = p.board.version
		newer := p.newer
		p.mu.Unlock()
		if data != nil {
			message = fmt.Appendf(message, "event: %s\ndata: %s\n\n", event, data)
		}
		if len(message) > 0 {
			connection.SetWriteDeadline(time.Now().Add(writeTimeout)) // a connection of net/http supports it
			if _, err := w.Write(message); err != nil {
				return
			}
			if connection.Flush() != nil {
				return
			}
			message = message[:0]
		}
		select {
		case <-newer:
		case <-beat.C:
			message = append(message, ":\n\n"...)
		case <-r.Context().Done():
			return
		case <-p.closing:
			return
		}
	}
}

// serveAct does an action.
func (p *Play) serveAct(w http.ResponseWriter, r *http.Request) {
	if !hasType(r, "application/json") {
		refuse(w, http.StatusUnsupportedMediaType, "the content type must be application/json")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAction))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "the action is too large")
		return
	}
	act, err := decodeAction(body)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	result, err := p.do(r.Context(), act)
	p.answer(w, result, err)
}

// answer answers an action.
func (p *Play) answer(w http.ResponseWriter, result map[string]any, err error) {
	if err != nil {
		status := http.StatusInternalServerError
		if refused := (refusal{}); errors.As(err, &refused) {
			status = http.StatusConflict
		}
		refuse(w, status, err.Error())
		return
	}
	if result == nil {
		result = make(map[string]any)
	}
	result["ok"] = true
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(result) // fails only if the client is gone
}

// serveUpload sends a file of a person.
func (p *Play) serveUpload(w http.ResponseWriter, r *http.Request) {
	if !hasType(r, "multipart/form-data") {
		refuse(w, http.StatusUnsupportedMediaType, "the content type must be multipart/form-data")
		return
	}
	query := r.URL.Query()
	chat, err := strconv.ParseInt(query.Get("chat"), 10, 64)
	user, err2 := strconv.ParseInt(query.Get("user"), 10, 64)
	if errors.Join(err, err2) != nil {
		refuse(w, http.StatusBadRequest, "chat and user must be ids")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload+1<<16)
	reader, err := r.MultipartReader()
	if err != nil {
		refuse(w, http.StatusBadRequest, "the upload is malformed")
		return
	}
	for {
		part, err := reader.NextPart()
		if err != nil {
			refuse(w, http.StatusBadRequest, "the upload has no field file")
			return
		}
		if part.FormName() != "file" {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(part, maxUpload+1))
		if err != nil || len(data) > maxUpload {
			refuse(w, http.StatusRequestEntityTooLarge, "a file may have at most 20 MB")
			return
		}
		name := path.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
		result, err := p.upload(chat, user, query.Get("kind"), tgtest.File{Name: name, Data: data}, query.Get("caption"))
		p.answer(w, result, err)
		return
	}
}

// rasters are the types of images that a browser may show. An SVG can hold a script.
var rasters = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "image/bmp": true}

// serveFile serves the content of a file that a person or the bot has sent. The browser shows raster images and saves everything else.
func (p *Play) serveFile(w http.ResponseWriter, r *http.Request) {
	file, ok := p.api.File(r.PathValue("id"))
	if !ok {
		refuse(w, http.StatusNotFound, "there is no such file")
		return
	}
	kind := http.DetectContentType(file.Data)
	header := w.Header()
	if !rasters[kind] {
		kind = "application/octet-stream"
		header.Set("Content-Disposition", disposition(file.Name))
	}
	header.Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.Data))
}

// serveTest serves the Go test of what was clicked.
func (p *Play) serveTest(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	p.sync()
	source, err := p.record.script()
	p.mu.Unlock()
	if err != nil {
		p.answer(w, nil, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write(source)
}

// disposition makes a browser save a file under its name.
func disposition(name string) string {
	if name == "" {
		return "attachment"
	}
	if value := mime.FormatMediaType("attachment", map[string]string{"filename": name}); value != "" {
		return value
	}
	return "attachment"
}
