package slacksim

import (
	"fmt"
	"unicode/utf8"
)

// blockFields are the fields of each block beside type and block_id. SLACK.md 2.4 [src]
var blockFields = map[string]string{
	"section":            "text fields accessory expand",
	"divider":            "",
	"header":             "text level",
	"context":            "elements",
	"actions":            "elements",
	"context_actions":    "elements",
	"input":              "label element hint optional dispatch_action",
	"image":              "image_url slack_file alt_text title",
	"video":              "title title_url description video_url thumbnail_url alt_text author_name provider_name provider_icon_url",
	"file":               "external_id source",
	"markdown":           "text",
	"rich_text":          "elements",
	"table":              "rows column_settings",
	"data_table":         "caption rows page_size row_header_column_index",
	"data_visualization": "title chart",
	"card":               "title subtitle body hero_image icon slack_icon subtext actions",
	"carousel":           "elements",
	"container":          "title subtitle icon width child_blocks is_collapsible is_collapsed",
	"alert":              "text level",
	"task_card":          "task_id title status details output sources",
	"plan":               "title tasks",
}

// blockSurfaces names the surfaces of blocks that do not go everywhere.
var blockSurfaces = map[string]string{
	"alert":    "modal", // SLACK.md 2.4: chat.postMessage rejects it
	"markdown": "message",
	"table":    "message",
	"file":     "message",
}

// blocks checks a list of blocks. SLACK.md 3.1
func (k *checker) blocks(blocks []any, path string, limit int) {
	if len(blocks) > limit {
		k.add(path, "no more than %d items allowed", limit)
	}
	seen := map[string]bool{}
	for i, b := range blocks {
		at := fmt.Sprintf("%s/%d", path, i)
		o, ok := b.(object)
		if !ok {
			k.add(at, "must be an object")
			continue
		}
		k.block(o, at)
		if id := str(o, "block_id"); id != "" {
			if seen[id] { // unique per message
				k.add(at+"/block_id", "block_id %q already exists", id)
			}
			seen[id] = true
		}
	}
}

func (k *checker) block(b object, path string) {
	kind := str(b, "type")
	allowed, known := blockFields[kind]
	if !known {
		k.add(path+"/type", "unsupported type: %s", kind)
		return
	}
	if only := blockSurfaces[kind]; only != "" && only != k.surface {
		k.add(path+"/type", "unsupported type: %s", kind)
	}
	k.only(b, path, "type block_id "+allowed)
	k.str(b, path, "block_id", 255, false)
	switch kind {
	case "section":
		k.section(b, path)
	case "header":
		k.text(b, path, "text", 150, plain, true)
	case "context":
		k.items(b, path, "elements", 1, 10, func(e object, at string) {
			if str(e, "type") == "image" {
				k.str(e, at, "alt_text", 2000, true)
				return
			}
			k.textObject(e, at, 3000, both)
		})
	case "actions", "context_actions":
		k.items(b, path, "elements", 1, 25, func(e object, at string) { k.element(e, at, kind) })
		k.uniqueActions(list(b["elements"]), path)
	case "input":
		k.text(b, path, "label", 2000, plain, true)
		k.text(b, path, "hint", 2000, plain, false)
		if e, ok := b["element"].(object); ok {
			k.element(e, path+"/element", "input")
		} else {
			k.add(path, "missing required field: element")
		}
	case "image":
		k.str(b, path, "alt_text", 2000, true)
		k.text(b, path, "title", 2000, plain, false)
		k.str(b, path, "image_url", 3000, b["slack_file"] == nil)
	case "markdown":
		k.str(b, path, "text", 12_000, true)
		k.markdown += utf8.RuneCountInString(str(b, "text"))
		k.chars += utf8.RuneCountInString(str(b, "text"))
	case "alert":
		k.text(b, path, "text", 3000, both, true)
	case "card":
		k.card(b, path)
	case "carousel":
		k.items(b, path, "elements", 1, 10, k.block)
	case "container":
		k.text(b, path, "title", 150, both, true)
		k.items(b, path, "child_blocks", 1, 10, func(e object, at string) {
			if str(e, "type") == "card" {
				k.add(at+"/type", "unsupported type: card")
			}
			k.block(e, at)
		})
	case "table", "data_table":
		k.tables++
		k.table(b, path, kind)
	case "data_visualization":
		k.charts++
		k.str(b, path, "title", 50, true)
		k.chart(b, path)
	}
}

func (k *checker) section(b object, path string) {
	if b["text"] == nil && b["fields"] == nil {
		k.add(path, "must define either `text` or `fields`")
	}
	k.text(b, path, "text", 3000, both, false)
	if b["fields"] != nil {
		k.items(b, path, "fields", 1, 10, func(f object, at string) { k.textObject(f, at, 2000, both) })
	}
	if e, ok := b["accessory"].(object); ok {
		k.element(e, path+"/accessory", "section")
	}
}

func (k *checker) card(b object, path string) {
	k.text(b, path, "title", 150, both, false)
	k.text(b, path, "subtitle", 150, both, false)
	k.text(b, path, "body", 200, both, false)
	k.items(b, path, "actions", 0, 25, func(e object, at string) { k.element(e, at, "actions") })
	k.uniqueActions(list(b["actions"]), path)
}

// table checks both kinds. The older copy of the documents says 10,000 characters and
// 100 rows: the stricter one counts. SLACK.md 3.1
func (k *checker) table(b object, path, kind string) {
	columns, chars := -1, 0
	rows, ok := b["rows"].([]any)
	if !ok || len(rows) == 0 {
		k.add(path, "missing required field: rows")
	}
	if len(rows) > 100 {
		k.add(path+"/rows", "no more than 100 items allowed")
	}
	for i, r := range rows {
		cells, _ := r.([]any)
		if len(cells) < 1 || len(cells) > 20 {
			k.add(fmt.Sprintf("%s/rows/%d", path, i), "must have 1 to 20 cells")
		}
		if columns < 0 {
			columns = len(cells)
		}
		if kind == "data_table" && len(cells) != columns {
			k.add(fmt.Sprintf("%s/rows/%d", path, i), "must have %d cells", columns)
		}
		chars += utf8.RuneCountInString(shown(cells))
		for j, c := range cells {
			if o, ok := c.(object); ok && str(o, "type") == "raw_text" && str(o, "text") == "" { // seen by others; null is an empty cell
				k.add(fmt.Sprintf("%s/rows/%d/%d/text", path, i, j), "must be more than 0 characters")
			}
			if o, _ := c.(object); kind == "data_table" && i == 0 && str(o, "type") == "rich_text" {
				k.add(fmt.Sprintf("%s/rows/0/%d/type", path, j), "unsupported type: rich_text")
			}
		}
	}
	if chars > 10_000 {
		k.add(path+"/rows", "must be less than 10001 characters")
	}
	k.chars += chars
	if kind == "data_table" {
		k.str(b, path, "caption", 3000, true)
		if n, ok := b["page_size"].(float64); ok && (n < 1 || n > 100) {
			k.add(path+"/page_size", "must be between 1 and 100")
		}
	}
}

// chart checks the sizes of a data_visualization: at most 6 segments or series, 20
// points, 20 characters a label. SLACK.md 3.1 [doc][src]
func (k *checker) chart(b object, path string) {
	c, ok := b["chart"].(object)
	if !ok {
		k.add(path, "missing required field: chart")
		return
	}
	path += "/chart"
	for _, key := range []string{"segments", "series"} {
		if c[key] == nil {
			continue
		}
		k.items(c, path, key, 1, 6, func(e object, at string) {
			k.str(e, at, "label", 20, false)
			k.str(e, at, "name", 20, false)
			if v, ok := e["value"].(float64); ok && key == "segments" && v <= 0 {
				k.add(at+"/value", "must be more than 0")
			}
			for _, points := range []string{"data", "points"} {
				if n := len(list(e[points])); n > 20 {
					k.add(at+"/"+points, "no more than 20 items allowed")
				}
			}
			if axis, ok := c["axis_config"].(object); ok && key == "series" && len(list(e["data"])) != len(list(axis["categories"])) {
				k.add(at+"/data", "must have one point for each category") // SLACK.md 3.1
			}
		})
	}
}
