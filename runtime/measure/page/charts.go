package page

import (
	"strings"

	"nurture/runtime/measure"
)

// chart is an ECharts chart: what page.js makes of it is only colours and sizes.
type chart struct {
	Title  string
	Option option
}

// option is ECharts' own: https://echarts.apache.org/en/option.html
type option map[string]any

func newChart(title string, x []string, series []option) chart {
	return chart{title, option{
		"animation": false,
		"tooltip":   option{"trigger": "axis", "confine": true},
		"legend":    option{"type": "scroll", "top": 0, "icon": "roundRect", "itemWidth": 12, "itemHeight": 8},
		"grid":      option{"left": 8, "right": 16, "top": 40, "bottom": 8, "containLabel": true},
		"xAxis":     option{"type": "category", "data": x, "axisLabel": option{"hideOverlap": true}},
		"yAxis":     option{"type": "value"},
		"series":    series,
	}}
}

func series(name, kind string, data []float64) option {
	return option{"name": name, "type": kind, "data": data, "showSymbol": len(data) == 1}
}

func (v *view) weeks() (begins []string) {
	for _, w := range v.Figures.Weeks {
		begins = append(begins, w.Begins)
	}
	return begins
}

// standing is who stands where at the end of each week.
func (v *view) standing() chart {
	var all []option
	add := func(name, what, by, prefix string) {
		data, any := []float64{}, false
		for _, w := range v.weeks() {
			n := v.value(what, by, prefix+w)
			data, any = append(data, n), any || n > 0
		}
		if any {
			s := series(name, "line", data)
			s["stack"], s["areaStyle"], s["lineStyle"] = "all", option{"opacity": 0.7}, option{"width": 1}
			all = append(all, s)
		}
	}
	for i := range v.Figures.Stages {
		stage := v.Figures.Stages[i].Stage
		add(stage, "there", "stage/week", stage+"/")
	}
	add("in no program", "contacts_in_no_program", "week", "")
	return newChart("Contacts by stage, at the end of each week", v.weeks(), all)
}

// sending is what is sent a day.
func (v *view) sending() chart {
	var dates []string
	var sent, answered, held []float64
	for _, d := range v.Figures.Days {
		dates = append(dates, d.Date)
		sent = append(sent, v.value("sent", "day", d.Date))
		answered = append(answered, v.value("responses", "day", d.Date))
		held = append(held, v.value("held_by_cap", "day", d.Date))
	}
	return newChart("Messages a day", dates, []option{series("sent", "bar", sent), series("answered", "line", answered), series("held by a cap", "line", held)})
}

// handing is what sales gets a week, and says.
func (v *view) handing(h *measure.HandFigures) chart {
	weeks := v.weeks()
	byWeek := func(what, by, of string) (data []float64) {
		for _, w := range weeks {
			data = append(data, v.value(what, by, of+"/"+w))
		}
		return data
	}
	all := []option{series("handed", "bar", byWeek("handed", "handoff/week", h.Handoff))}
	for _, o := range h.Outcomes {
		if v.value("outcomes", "outcome", o.Outcome) > 0 {
			all = append(all, series(strings.TrimPrefix(o.Outcome, h.Handoff+"."), "line", byWeek("outcomes", "outcome/week", o.Outcome)))
		}
	}
	title := h.Title
	if title == "" {
		title = h.Handoff
	}
	return newChart(title+", a week", weeks, all)
}
