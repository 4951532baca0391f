//go:build !shop

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spoolbot/spoolbot/bot/view"
)

// The batch modal: thirty, each with its result, some of them refused.
func TestABatchHasAResultForEverySpool(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{book: sixty()}, func(s *shop) {
		form := s.opensBatch(s.mauricio)
		offered, err := s.mauricio.Suggest(s.ctx, form, view.ActionBatchSpools, "NV0650 OT-1")
		if err != nil || len(offered) != 30 {
			t.Errorf("%d options, %v; want the 30 of the NV", len(offered), err)
		}
		s.chooses(s.mauricio, form, "MK", tagsFrom(10, 40)...)
		s.asks(s.carlos, "/tomar "+tag(12)+" "+tag(13), "Tomaste los 2") // while he chooses
		s.asks(s.carlos, "/completar "+tag(13), "completado")
		done := s.submits(s.mauricio, "Tomaste 28 de 30", "2 no se pudieron", "lo tiene Carlos Núñez", "necesita SOLD")
		for _, tag := range tagsFrom(10, 40) {
			if n := strings.Count(done.Shown(), tag); n != 1 {
				t.Errorf("%d results for %s", n, tag)
			}
		}
		taken := slices.DeleteFunc(tagsFrom(10, 40), func(t string) bool { return t == tag(12) || t == tag(13) })
		for _, tag := range taken {
			s.wantRow(tag, "MR(93)|ARM en progreso")
		}
		s.ends(slices.Concat(each("TOMAR", taken...), each("TOMAR", tag(12), tag(13)), each("COMPLETAR", tag(13)))...)
	})
}

// What the form refuses, the person puts right in the form.
func TestABatchThatIsNotWellFilled(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{book: sixty()}, func(s *shop) {
		form := s.opensBatch(s.mauricio)
		if answer, err := s.mauricio.Submit(s.ctx); err != nil || answer.Errors[view.BlockBatchSpools] == "" {
			t.Errorf("0 spools: %+v, %v", answer, err)
		}
		if none, err := s.mauricio.Suggest(s.ctx, form, view.ActionBatchSpools, "no hay tal"); err != nil || len(none) != 0 {
			t.Errorf("options %v, %v", none, err)
		}
		if _, err := s.mauricio.Suggest(s.ctx, form, view.ActionBatchSpools, strings.Repeat("<!channel>", 300)); err != nil {
			t.Errorf("a long search: %v", err)
		}
		if _, err := s.mauricio.Suggest(s.ctx, form, view.ActionBatchSpools, "MK"); err != nil {
			t.Fatal(err)
		}
		if err := s.mauricio.Select(s.ctx, form, view.ActionBatchSpools, tagsFrom(0, 51)...); err == nil {
			t.Error("the phone lets 51 be chosen")
		}
		s.ends()
		s.chooses(s.mauricio, form, "MK", tagsFrom(0, 50)...)
		if err := s.mauricio.Select(s.ctx, form, view.ActionBatchOperation, "SOLD"); err != nil {
			t.Fatal(err)
		}
		s.submits(s.mauricio, "Tu rol no permite SOLD")
		s.ends()
		if err := s.mauricio.CloseView(s.ctx); err != nil {
			t.Fatal(err)
		}
		s.chooses(s.mauricio, s.opensBatch(s.mauricio), "MK", tagsFrom(0, 50)...)
		s.submits(s.mauricio, "Tomaste los 50")
		s.ends(each("TOMAR", tagsFrom(0, 50)...)...)
	})
}

// A form that is closed while the work goes on loses no result.
func TestTheResultsOfAClosedFormComeByDM(t *testing.T) {
	t.Parallel()
	inShop(t, shopOptions{latency: 2 * time.Second}, func(s *shop) {
		s.chooses(s.mauricio, s.opensBatch(s.mauricio), "MK", tagsFrom(0, 3)...)
		if _, err := s.mauricio.Submit(s.ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.mauricio.CloseView(s.ctx); err != nil {
			t.Fatal(err)
		}
		s.sees(s.mauricio, s.mauricio.DM(), "", "the results", "Tomaste los 3")
		s.ends(each("TOMAR", tagsFrom(0, 3)...)...)
	})
}
