package view_test

import (
	"fmt"
	"strings"

	"github.com/spoolbot/spoolbot/bot/view"
	"github.com/spoolbot/spoolbot/occupation"
)

// shopSamples are the views for people of several shops.
func (k kit) shopSamples() map[string]any {
	var fifty []string
	for i := range 50 {
		fifty = append(fifty, fmt.Sprintf("sucursal-%02d", i))
	}
	long := strings.Repeat("x", 64)
	full := view.HomeState{Worker: mauro, Mine: k.statuses(60, 1), Free: k.spools(200)}
	return map[string]any{
		"shop-choose":       view.ChooseShop([]string{"norte", "sur", "taller_central"}),
		"shop-choose-50":    view.ChooseShop(fifty),
		"shop-chosen":       view.ShopChosen("norte", false),
		"shop-chosen-again": view.ShopChosen("taller_central", true),
		"shop-away":         view.ShopAway("norte", []string{"sur", long}),
		"shop-away-any":     view.ShopAway("", nil),
		"shop-answer":       view.WithShop(view.One(k.result(11, occupation.Take), k.at), "norte"),
		"shop-answer-50":    view.WithShop(view.Answer(k.mixed(50), k.at), long),
		"home-shop":         view.HomeWithShop(view.Home(view.HomeState{Worker: mauro}, k.at), "norte", []string{"sur"}),
		"home-shop-full":    view.HomeWithShop(view.Home(full, k.at), long, fifty),
		"home-shop-away":    view.HomeSays(view.ShopAway("sur", []string{"norte"})),
	}
}
