package main

import "fmt"

type product struct {
	ID    int64
	Name  string
	Cents int64
}

// catalog lists the products in the order in which they are shown.
var catalog = [...]product{
	{1, "Apples", 250},
	{2, "Bread", 320},
	{3, "Cheese", 780},
	{4, "Dates", 450},
	{5, "Eggs", 390},
	{6, "Figs", 520},
	{7, "Grapes", 410},
}

const pageSize = 3

func find(id int64) (product, bool) {
	for _, p := range catalog {
		if p.ID == id {
			return p, true
		}
	}
	return product{}, false
}

func pages() int { return (len(catalog) + pageSize - 1) / pageSize }

// page returns the products on a page. A number out of range means the nearest page: it may come from a button of an old
// catalog.
func page(number int) []product {
	number = min(max(number, 0), pages()-1)
	return catalog[number*pageSize : min((number+1)*pageSize, len(catalog))]
}

func price(cents int64) string { return fmt.Sprintf("€%d.%02d", cents/100, cents%100) }
