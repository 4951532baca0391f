package bot

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Memory is what the bot remembers beyond one request, shared by all replicas.
// Without it sheet and locks stay true; but the core knows a request only while
// it is under way, so a copy of an envelope that comes later is then a new one.
type Memory interface {
	// First remembers the keys and reports whether none of them was known.
	First(ctx context.Context, keys []string, ttl time.Duration) (bool, error)
	// Put keeps a value; an empty one forgets the key.
	Put(ctx context.Context, key, value string, ttl time.Duration) error
	// Get returns the value, "" when there is none.
	Get(ctx context.Context, key string) (string, error)
	// Add puts a value at the end of the list under the key, of which the last
	// most stay. Put with an empty value forgets the list.
	Add(ctx context.Context, key, value string, most int, ttl time.Duration) error
	// List returns the values of a list, oldest first.
	List(ctx context.Context, key string) ([]string, error)
}

// replayLife is how long an envelope is recognised. Slack retries events for
// about six minutes, and was seen to send one again later (SLACK.md 1.5).
const replayLife = time.Hour

// first reports whether the envelope is seen for the first time, by any of its
// identities. When the memory does not answer it is taken for new: the retry of
// an event may be its only delivery, and Slack does not repeat taps and commands.
func (b *Bot) first(ctx context.Context, ids []string) bool {
	if len(ids) == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = "seen:" + id
	}
	first, err := b.memory.First(ctx, keys, replayLife)
	if err != nil {
		b.log.Warn().Err(err).Msg("replay_memory_failed")
		return true
	}
	return first
}

// LocalMemory is a Memory of this process alone: for tests and a single replica
// that may forget at a restart. Its zero value is ready for use.
type LocalMemory struct {
	mu     sync.Mutex
	values map[string]localValue
	swept  time.Time
}

type localValue struct {
	text  string
	list  []string
	until time.Time
}

var _ Memory = (*LocalMemory)(nil)

// maxLocal bounds a LocalMemory; beyond it any of them go.
const maxLocal = 50_000

// First implements Memory.
func (m *LocalMemory) First(_ context.Context, keys []string, ttl time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	first := true
	for _, k := range keys {
		if v, ok := m.values[k]; ok && now.Before(v.until) {
			first = false
		}
	}
	for _, k := range keys {
		m.put(k, localValue{text: "1", until: now.Add(ttl)}, now)
	}
	return first, nil
}

// Put implements Memory.
func (m *LocalMemory) Put(_ context.Context, key, value string, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if value == "" {
		delete(m.values, key)
		return nil
	}
	m.put(key, localValue{text: value, until: now.Add(ttl)}, now)
	return nil
}

// Add implements Memory.
func (m *LocalMemory) Add(_ context.Context, key, value string, most int, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	var list []string
	if v := m.values[key]; now.Before(v.until) {
		list = v.list
	}
	list = append(slices.Clone(list), value)
	m.put(key, localValue{list: list[max(0, len(list)-most):], until: now.Add(ttl)}, now)
	return nil
}

// List implements Memory.
func (m *LocalMemory) List(_ context.Context, key string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.values[key]; ok && time.Now().Before(v.until) {
		return v.list, nil
	}
	return nil, nil
}

// Get implements Memory.
func (m *LocalMemory) Get(_ context.Context, key string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.values[key]; ok && time.Now().Before(v.until) {
		return v.text, nil
	}
	return "", nil
}

// put stores a value and now and then sweeps out what is over.
func (m *LocalMemory) put(key string, value localValue, now time.Time) {
	if m.values == nil {
		m.values = map[string]localValue{}
	}
	m.values[key] = value
	if now.Sub(m.swept) < time.Minute && len(m.values) < maxLocal {
		return
	}
	m.swept = now
	for k, v := range m.values {
		if now.After(v.until) || len(m.values) >= maxLocal {
			delete(m.values, k)
		}
	}
}
