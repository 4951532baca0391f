package slacksim

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// File is a file that the bot has shared with people.
type File struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Title string `json:"title"`
	Size  int    `json:"size"`
}

// upload is a file on its way: files.getUploadURLExternal gives an address, the
// bytes are posted there, files.completeUploadExternal shares it.
type upload struct {
	file    File
	content []byte
	arrived bool
	shared  bool
}

// conversationID is what files.completeUploadExternal takes for a channel: no
// user's id, other than chat.postMessage [thread bolt-js #2115].
var conversationID = regexp.MustCompile(`^[CGDZ][A-Z0-9]{8,}$`)

// getUploadURL: errors as documented [doc files.getUploadURLExternal].
func getUploadURL(c *call) (object, error) {
	size, err := strconv.Atoi(c.str("length"))
	switch {
	case c.str("filename") == "" || err != nil || size <= 0:
		return nil, refuse("missing_argument")
	case utf8.RuneCountInString(c.str("alt_txt")) > 1000:
		return nil, refuse("alt_txt_too_large")
	}
	id := c.s.newID("F")
	c.s.uploads[id] = &upload{file: File{ID: id, Name: c.str("filename"), Size: size}}
	return object{"file_id": id, "upload_url": c.s.base + "/upload/v1/" + id}, nil
}

// serveUpload takes the bytes, raw or as a form, and answers "OK - 42"
// [doc files.getUploadURLExternal; the answer's text gk]. The address needs no
// token; each is good for one file of the length that was announced.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	c := &call{s: s, args: object{"file": path.Base(r.URL.Path)}}
	content, err := uploaded(w, r)
	answered := s.withFault(w, r, "upload", c, func() {
		if err == nil {
			s.mu.Lock()
			err = s.arrive(c.str("file"), content)
			s.mu.Unlock()
		}
		s.note("upload", c, err)
	})
	switch {
	case answered:
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		_, _ = fmt.Fprintf(w, "OK - %d", len(content))
	}
}

func (s *Server) arrive(id string, content []byte) error {
	u := s.uploads[id]
	switch {
	case u == nil || u.arrived:
		return refuse("upload_url_unknown")
	case len(content) != u.file.Size:
		return refuse(fmt.Sprintf("upload_of_%d_bytes_instead_of_%d", len(content), u.file.Size))
	}
	u.content, u.arrived = content, true
	return nil
}

// uploaded reads the bytes of an upload.
func uploaded(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Method != http.MethodPost {
		return nil, refuse("upload_is_no_post")
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<20)
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return io.ReadAll(r.Body)
	}
	form, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return nil, refuse("upload_without_a_file")
		}
		if part.FileName() != "" {
			return io.ReadAll(part)
		}
	}
}

// completeUpload shares the files in a channel, as one message of the bot.
func completeUpload(c *call) (object, error) {
	files, ok := c.args["files"].([]any)
	if !ok || len(files) == 0 {
		return nil, refuse("missing_argument")
	}
	id := c.str("channel_id")
	if id != "" && !conversationID.MatchString(id) {
		return nil, refuseBlocks("invalid_arguments", []string{"[ERROR] input must match regex pattern: " + conversationID.String() + " [json-pointer:/channel_id]"})
	}
	m := &Message{User: botUser, Text: c.str("initial_comment"), ThreadTS: c.str("thread_ts")}
	var shared []*upload
	for _, f := range files {
		o, _ := f.(object)
		u := c.s.uploads[str(o, "id")]
		if u == nil || !u.arrived || u.shared {
			return nil, refuse("file_not_found")
		}
		u.file.Title = str(o, "title")
		if u.file.Title == "" {
			u.file.Title = u.file.Name
		}
		m.Files, shared = append(m.Files, u.file), append(shared, u)
	}
	if id != "" { // else the files stay private [doc]
		ch := c.s.channels[id]
		switch {
		case ch == nil || ch.private && !ch.bot:
			return nil, declined("channel_not_found")
		case !ch.bot:
			return nil, refuse("not_in_channel")
		}
		c.s.post(ch, m)
	}
	for _, u := range shared {
		u.shared = true
	}
	return object{"files": m.Files}, nil
}

// Download returns what is in a file that was shared, as a person gets it.
func (s *Server) Download(id string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[id]
	if u == nil || !u.shared {
		return nil, false
	}
	return u.content, true
}

// serveFile gives a person a file.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	content, ok := s.Download(r.PathValue("file"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	name := s.uploads[r.PathValue("file")].file.Name
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, _ = w.Write(content)
}
