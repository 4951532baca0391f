package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	replayLife = 24 * time.Hour // how long an answer is given again
	maxKey     = 200            // characters of an Idempotency-Key
)

// record is what the Memory keeps of a key.
type record struct {
	Asked  string          `json:"a"` // hash of path and body
	Status int             `json:"s,omitzero"`
	Answer json.RawMessage `json:"b,omitzero"`
	// Attempts that came to no certain end, and may be made again.
	Attempts int `json:"n,omitzero"`
}

// once carries a request with an Idempotency-Key out once: later ones get the
// first one's answer. What failed for weather is tried anew, under the same key in
// the core, which does nothing twice.
func (d *door) once(w http.ResponseWriter, c *call, handle func() error) error {
	given := c.Header.Get("Idempotency-Key")
	if given == "" {
		return handle()
	}
	if len(given) > maxKey {
		return malformed{fmt.Errorf("Idempotency-Key: a lo más %d caracteres", maxKey)}
	}
	body, err := io.ReadAll(c.Body)
	if err != nil {
		return tooLarge
	}
	c.Body = io.NopCloser(bytes.NewReader(body))
	c.key = "http:" + digest(c.token.Name, given)
	asked := digest(c.URL.Path, string(body))
	known, err := d.recall(c)
	switch {
	case err != nil:
		return err
	case known.Asked != "" && known.Asked != asked:
		return otherBody
	case known.Status != 0:
		w.Header().Set("Idempotent-Replayed", "true")
		c.answers(known.Status, known.Answer)
		return nil
	}
	first, err := d.Memory.First(c.ctx, []string{fmt.Sprintf("%s/%d", c.key, known.Attempts)}, requestTime+5*time.Second)
	if err != nil {
		return memoryGone(err)
	}
	if !first {
		return underWay
	}
	failed := handle()
	return d.record(c, record{Asked: asked, Attempts: known.Attempts + 1}, failed)
}

// record keeps the answer, or that there was none that is certain.
func (d *door) record(c *call, r record, failed error) error {
	status, answer := c.status, c.answer
	if failed != nil {
		p := problemOf(failed, d.Zone)
		status, answer = p.Status, p
	}
	if status < http.StatusInternalServerError {
		text, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		r.Status, r.Answer = status, text
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	// Without it the request is carried out again, and the core finds it done.
	_ = d.Memory.Put(c.ctx, c.key, string(text), replayLife)
	return failed
}

func (d *door) recall(c *call) (record, error) {
	var r record
	text, err := d.Memory.Get(c.ctx, c.key)
	if err != nil {
		return r, memoryGone(err)
	}
	if text != "" {
		err = json.Unmarshal([]byte(text), &r)
	}
	return r, err
}

// digest is a short name for texts of any length.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
