package httpapi

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Role is what a token may do.
type Role string

// The roles.
const (
	RoleReader Role = "lector"     // looks only
	RoleWorker Role = "trabajador" // acts as its worker
	RoleSystem Role = "sistema"    // takes, pauses, completes and extends for the worker that the body names: a kiosk, the earlier system's clients
)

// Token is who may use the door, and as whom.
type Token struct {
	Name   string // unique, for the log
	Role   Role
	Worker int // RoleWorker: the id in Trabajadores
	hash   [sha256.Size]byte
}

// Tokens are those of the tokens file, which is read again when it changes: who is
// struck out of it is out within a second. It holds no token, only their hashes.
type Tokens struct {
	open func() ([]byte, time.Time, error)

	mu      sync.Mutex
	looked  time.Time // when the file was looked at
	changed time.Time // its time of change then
	list    []Token
	err     error // why it cannot be used
}

// lookEvery is how often the file is looked at, while there are requests.
const lookEvery = time.Second

// NewTokens reads the tokens file of that name in fsys. Error: what is wrong with
// it, line by line.
func NewTokens(fsys fs.FS, name string) (*Tokens, error) {
	t := &Tokens{open: func() ([]byte, time.Time, error) {
		info, err := fs.Stat(fsys, name)
		if err != nil {
			return nil, time.Time{}, err
		}
		text, err := fs.ReadFile(fsys, name)
		return text, info.ModTime(), err
	}}
	t.look(time.Now())
	return t, t.err
}

// find is whose the token is. All are compared, each in constant time.
func (t *Tokens) find(token string, now time.Time) (out Token, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.look(now)
	hash := sha256.Sum256([]byte(token))
	for _, known := range t.list {
		if subtle.ConstantTimeCompare(hash[:], known.hash[:]) == 1 {
			out, ok = known, true
		}
	}
	return out, ok && token != ""
}

// refusal is the answer to a token that is not known: a file that cannot be read
// gives nobody a right, but that is not the client's fault.
func (t *Tokens) refusal() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		return fmt.Errorf("tokens file: %w", t.err)
	}
	return noToken
}

func (t *Tokens) look(now time.Time) {
	first := t.looked.IsZero()
	if !first && now.Sub(t.looked) < lookEvery {
		return
	}
	t.looked = now
	text, changed, err := t.open()
	if err != nil {
		t.list, t.err, t.changed = nil, err, time.Time{}
		return
	}
	if !first && t.err == nil && changed.Equal(t.changed) {
		return
	}
	t.changed = changed
	t.list, t.err = parseTokens(text)
}

// parseTokens reads lines "hash name role [worker]": the SHA-256 of the token in
// hex, a name without blanks, and for a worker the id. Lines that begin with #, and
// empty ones, are passed over. With a faulty line no token counts.
func parseTokens(text []byte) ([]Token, error) {
	var out []Token
	var faults []error
	names := map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		token, err := parseToken(strings.Fields(line))
		if err == nil && names[token.Name] {
			err = fmt.Errorf("there is a %s already", token.Name)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("line %d: %w", n, err))
			continue
		}
		names[token.Name] = true
		out = append(out, token)
	}
	if err := errors.Join(append(faults, lines.Err())...); err != nil {
		return nil, err
	}
	return out, nil
}

func parseToken(words []string) (Token, error) {
	if len(words) < 3 || len(words) > 4 {
		return Token{}, errors.New(`is not "hash name role [worker]"`)
	}
	t := Token{Name: words[1], Role: Role(words[2])}
	hash, err := hex.DecodeString(words[0])
	if err != nil || len(hash) != len(t.hash) {
		return Token{}, errors.New("the hash is not the SHA-256 of a token: 64 hexadecimal digits")
	}
	copy(t.hash[:], hash)
	switch t.Role {
	case RoleReader, RoleSystem:
		if len(words) == 4 {
			return Token{}, fmt.Errorf("a %s has no worker", t.Role)
		}
	case RoleWorker:
		if len(words) == 4 {
			t.Worker, err = strconv.Atoi(words[3])
		}
		if err != nil || t.Worker <= 0 {
			return Token{}, errors.New("a trabajador needs the id of a worker behind the role")
		}
	default:
		return Token{}, fmt.Errorf("there is no role %q: lector, trabajador or sistema", t.Role)
	}
	return t, nil
}
