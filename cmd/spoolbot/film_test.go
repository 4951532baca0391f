//go:build browser

package main

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"maps"
	"slices"
)

// film is an animated picture in the making.
type film struct {
	b      *browser
	frames []image.Image
	delays []int // hundredths of a second
}

// shoot adds what the browser shows, for that many tenths of a second.
func (f *film) shoot(tenths int) {
	f.b.t.Helper()
	f.b.wait(`!document.querySelector(".toast, .busy, .echo.sending")`)
	frame, err := png.Decode(bytes.NewReader(f.b.picture()))
	if err != nil {
		f.b.t.Fatal(err)
	}
	f.frames, f.delays = append(f.frames, frame), append(f.delays, tenths*10)
}

// gif is the film as GIF: each frame holds only what differs from the one before.
func (f *film) gif() []byte {
	f.b.t.Helper()
	palette := f.palette()
	index := map[color.RGBA]uint8{}
	out := &gif.GIF{Delay: f.delays, Disposal: bytes.Repeat([]byte{gif.DisposalNone}, len(f.frames))}
	for i, frame := range f.frames {
		bounds := frame.Bounds()
		p := image.NewPaletted(bounds, palette)
		changed := image.Rectangle{}
		for y := range bounds.Dy() {
			for x := range bounds.Dx() {
				c := rgba(frame, x, y)
				if i > 0 && c == rgba(f.frames[i-1], x, y) {
					continue // index 0 is transparent
				}
				if _, known := index[c]; !known {
					index[c] = uint8(1 + palette[1:].Index(c))
				}
				p.SetColorIndex(x, y, index[c])
				changed = changed.Union(image.Rect(x, y, x+1, y+1))
			}
		}
		if changed.Empty() {
			changed = image.Rect(0, 0, 1, 1)
		}
		out.Image = append(out.Image, p.SubImage(changed).(*image.Paletted))
	}
	var data bytes.Buffer
	if err := gif.EncodeAll(&data, out); err != nil {
		f.b.t.Fatal(err)
	}
	if data.Len() > 1_500_000 {
		f.b.t.Errorf("the animated picture has %d bytes", data.Len())
	}
	return data.Bytes()
}

// palette is the film's 255 most frequent colours, after transparent.
func (f *film) palette() color.Palette {
	count := map[color.RGBA]int{}
	for _, frame := range f.frames {
		for y := range frame.Bounds().Dy() {
			for x := range frame.Bounds().Dx() {
				c := rgba(frame, x, y)
				count[color.RGBA{c.R &^ 3, c.G &^ 3, c.B &^ 3, 255}]++ // near ones are one
			}
		}
	}
	most := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	out := color.Palette{color.RGBA{}}
	for _, c := range most[:min(255, len(most))] {
		out = append(out, c)
	}
	return out
}

func rgba(m image.Image, x, y int) color.RGBA {
	c, _ := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
	return c
}
