package view

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/spoolbot/spoolbot/occupation"
)

// How much of a digest stands in one message; the rest is counted.
const (
	maxDigestOpen = 10
	maxDigestRows = 20
	maxDigestText = 6000 // Slack cuts at 40,000
	maxTableRows  = 99   // below the headers
	maxCategories = 20   // of a chart
	maxCategory   = 20   // characters
)

// Digest tells what happened in a period: in its first lines what matters, below it
// what is still open, what took long, and each worker and NV. All of it is words,
// and all of it is in the text as well. A period without anything is one line.
func Digest(d occupation.Digest, at Clock) Message {
	title := digestTitle(d, at)
	if d.Empty() {
		line := title + ": " + digestQuiet
		if d.Before.Done() > 0 {
			line += " " + weekAgo(d.Before) + "."
		}
		return message(line, section(line))
	}
	head := []string{
		bold(title),
		digestHead(d.Tally),
		join(" · ", digestCounts(d.Tally, len(d.Open), d.Conflicts)...),
		weekAgo(d.Before),
	}
	groups := [][]string{
		chapter(digestSlow, slowLines(d.Slowest)),
		chapter(digestOpen, openLines(d.Open, at)),
		chapter(digestWorkers, shareLines(d.Workers, func(s occupation.Share) string { return bold(name(s.Who)) })),
		chapter(digestNVs, shareLines(d.NVs, func(s occupation.Share) string { return bold(nvName(s)) })),
	}
	blocks := []slack.Block{section(head...)}
	var text strings.Builder
	text.WriteString(join("\n", head...))
	for _, g := range groups {
		if len(g) > 0 {
			blocks = append(blocks, lists(g, 15)...)
			text.WriteString("\n" + strings.Join(g, "\n"))
		}
	}
	return Message{Text: clip(unbold(text.String()), maxDigestText), Blocks: blocks}
}

// digestHead is what was done; of nothing there is no tick.
func digestHead(t occupation.Tally) string {
	line := join(" · ", bold(digestDone(t)), digestByOperation(t))
	if t.Done() == 0 {
		return line
	}
	return signDone + " " + line
}

// chapter puts a title above lines, if there are any.
func chapter(title string, lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	return append([]string{bold(title)}, lines...)
}

func slowLines(slow []occupation.Slow) []string {
	var out []string
	for _, s := range slow {
		out = append(out, clip(join(" · ", bold(escape(s.Tag, maxTag)), escape(string(s.Operation), 10), workedFor(s.Worked), name(s.Who), stillOpen(s.Open)), maxLine))
	}
	return out
}

func openLines(open []occupation.Status, at Clock) []string {
	var out []string
	for _, st := range open[:min(len(open), maxDigestOpen)] {
		since := st.Lock.Since
		if byRow(st) {
			since = st.Spool.Since
		}
		out = append(out, clip(signHeld+" "+join(" · ", bold(escape(tagOf(st), maxTag)), string(st.Lock.Operation), name(holderOf(st)), at.since(since)), maxLine))
	}
	return counted(out, len(open))
}

// shareLines is a line for each worker or NV.
func shareLines(shares []occupation.Share, title func(occupation.Share) string) []string {
	var out []string
	for _, s := range shares[:min(len(shares), maxDigestRows)] {
		parts := append([]string{title(s), doneIf(s.Tally), digestByOperation(s.Tally), doneBefore(s.Before)}, digestCounts(s.Tally, s.Open, 0)...)
		out = append(out, clip(join(" · ", append(parts, workedFor(s.Worked))...), maxLine))
	}
	return counted(out, len(shares))
}

func doneIf(t occupation.Tally) string {
	if t.Done() == 0 {
		return ""
	}
	return digestDone(t)
}

// counted says how many there are beyond the lines.
func counted(lines []string, all int) []string {
	if len(lines) < all {
		return append(lines, andMore(all-len(lines)))
	}
	return lines
}

func nvName(s occupation.Share) string {
	if s.NV == "" {
		return digestNoNV
	}
	return nv(escape(s.NV, maxName))
}

// DigestDetails shows the shares of a digest as a table and as charts, for clients
// that have them; their numbers stand in its text and in the digest. false = there
// is nothing to show.
func DigestDetails(d occupation.Digest, at Clock) (Message, bool) {
	if d.Empty() || len(d.Workers) == 0 {
		return Message{}, false
	}
	lines := chapter(digestWorkers, shareLines(d.Workers, func(s occupation.Share) string { return name(s.Who) }))
	lines = append(lines, chapter(digestNVs, shareLines(d.NVs, nvName))...)
	text := digestTitle(d, at) + "\n" + strings.Join(lines, "\n")
	blocks := []slack.Block{workerTable(d.Workers)}
	workers := chart(chartWorkers, d.Workers, func(s occupation.Share) string { return s.Who.Name })
	nvs := chart(chartNVs, d.NVs, func(s occupation.Share) string { return s.NV })
	for _, c := range []*slack.DataVisualizationBlock{workers, nvs} {
		if c != nil {
			blocks = append(blocks, c)
		}
	}
	return Message{Text: clip(unbold(text), maxDigestText), Blocks: blocks}, true
}

// workerTable is a row for each worker. Cells are plain text, and none is empty,
// which Slack refuses; of tables a message has one.
func workerTable(shares []occupation.Share) *slack.TableBlock {
	table := slack.NewTableBlock("")
	add := func(cells ...string) {
		row := make([]slack.TableCell, len(cells))
		for i, c := range cells {
			row[i] = slack.NewTableRawTextCell(c)
		}
		table.AddRow(row...)
	}
	add(digestColumns...)
	for _, s := range shares[:min(len(shares), maxTableRows)] {
		add(plainName(s.Who.Name, maxName), number(s.Done()), number(s.Before), number(s.ARM), number(s.SOLD),
			number(s.Paused), number(s.Expired), number(s.Open), orDash(workedFor(s.Worked)))
	}
	settings := []slack.ColumnSetting{{IsWrapped: true}}
	for range len(digestColumns) - 1 {
		settings = append(settings, slack.ColumnSetting{Align: slack.ColumnAlignmentRight})
	}
	settings[0].Align = slack.ColumnAlignmentLeft
	return table.WithColumnSettings(settings...)
}

func number(n int) string { return strconv.Itoa(n) }

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// plainName is a name for a place where nothing is interpreted.
func plainName(s string, limit int) string { return orDash(clip(tidy(s), limit)) }

// chart shows what each has done beside what they had done a week before; nil when
// none of them has. Labels are short, and differ from each other.
func chart(title string, shares []occupation.Share, label func(occupation.Share) string) *slack.DataVisualizationBlock {
	var labels []string
	var now, before []slack.DataVisualizationDataPoint
	seen := map[string]bool{}
	for _, s := range shares {
		if s.Done()+s.Before == 0 || len(labels) == maxCategories {
			continue
		}
		l := plainName(label(s), maxCategory)
		for n := 2; seen[l]; n++ {
			mark := " " + number(n)
			l = clip(plainName(label(s), maxCategory), maxCategory-utf8.RuneCountInString(mark)) + mark
		}
		seen[l] = true
		labels = append(labels, l)
		now = append(now, slack.NewDataVisualizationDataPoint(l, float64(s.Done())))
		before = append(before, slack.NewDataVisualizationDataPoint(l, float64(s.Before)))
	}
	if len(labels) == 0 {
		return nil
	}
	axes := slack.NewDataVisualizationAxisConfig(labels...).WithYLabel(chartPieces)
	return slack.NewDataVisualizationBlock(title, slack.NewDataVisualizationBarChart(axes,
		slack.NewDataVisualizationDataSeries(chartNow, now...), slack.NewDataVisualizationDataSeries(chartBefore, before...)))
}
