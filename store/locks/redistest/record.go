package redistest

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Recording is what a Redis held at a moment, in a form that people can read and
// another version of the program can be given.
type Recording struct {
	At   int64 // when, Unix ms
	Keys []Key
}

// Key is one key of a Recording, by its type: Text, Fields, Scores or Items.
type Key struct {
	Name   string
	Ends   int64              `json:",omitzero"` // when it vanishes, Unix ms; 0 = never
	Text   *string            `json:",omitzero"`
	Fields map[string]string  `json:",omitzero"`
	Scores map[string]float64 `json:",omitzero"`
	Items  []string           `json:",omitzero"`
}

// Record takes down all keys that begin with prefix.
func Record(ctx context.Context, c redis.UniversalClient, prefix string) (out Recording, err error) {
	now, err := c.Time(ctx).Result()
	if err != nil {
		return out, err
	}
	out.At = now.UnixMilli()
	names, err := c.Keys(ctx, strings.NewReplacer("[", `\[`, "*", `\*`).Replace(prefix)+"*").Result()
	slices.Sort(names)
	for _, name := range names {
		k := Key{Name: name}
		switch kind := c.Type(ctx, name).Val(); kind {
		case "string":
			text := c.Get(ctx, name).Val()
			k.Text = &text
		case "hash":
			k.Fields = c.HGetAll(ctx, name).Val()
		case "zset":
			k.Scores = map[string]float64{}
			for _, z := range c.ZRangeWithScores(ctx, name, 0, -1).Val() {
				k.Scores[fmt.Sprint(z.Member)] = z.Score
			}
		case "list":
			k.Items = c.LRange(ctx, name, 0, -1).Val()
		default:
			return out, fmt.Errorf("%s is a %s", name, kind)
		}
		if ends := c.PExpireTime(ctx, name).Val(); ends > 0 {
			k.Ends = ends.Milliseconds()
		}
		out.Keys = append(out.Keys, k)
	}
	return out, err
}

// moments are the times in a text: milliseconds of our days.
var moments = regexp.MustCompile(`\b1[0-9]{12}\b`)

// Load puts a recording into a Redis as if it had been made just now: every moment
// in it is later by what has gone by since.
func (r Recording) Load(ctx context.Context, c redis.UniversalClient) error {
	now, err := c.Time(ctx).Result()
	if err != nil {
		return err
	}
	later := now.UnixMilli() - r.At
	near := func(ms int64) bool { return max(ms-r.At, r.At-ms) < (60 * 24 * time.Hour).Milliseconds() }
	moved := func(text string) string {
		return moments.ReplaceAllStringFunc(text, func(digits string) string {
			if ms, _ := strconv.ParseInt(digits, 10, 64); near(ms) {
				return strconv.FormatInt(ms+later, 10)
			}
			return digits
		})
	}
	_, err = c.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for _, k := range r.Keys {
			switch {
			case k.Text != nil:
				p.Set(ctx, k.Name, moved(*k.Text), 0)
			case k.Fields != nil:
				for field, value := range k.Fields {
					p.HSet(ctx, k.Name, moved(field), moved(value))
				}
			case k.Scores != nil:
				for member, score := range k.Scores {
					if near(int64(score)) {
						score += float64(later)
					}
					p.ZAdd(ctx, k.Name, redis.Z{Score: score, Member: moved(member)})
				}
			default:
				for _, item := range k.Items {
					p.RPush(ctx, k.Name, moved(item))
				}
			}
			if k.Ends > 0 {
				p.PExpireAt(ctx, k.Name, time.UnixMilli(k.Ends+later))
			}
		}
		return nil
	})
	return err
}

// Read reads a recording out of a file's text.
func Read(text []byte) (out Recording, err error) {
	err = json.Unmarshal(text, &out)
	return out, err
}
