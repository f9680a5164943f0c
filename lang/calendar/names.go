package calendar

import (
	_ "embed"
	"strings"
	"sync"
)

// zoneNames are the zones of IANA's zone.tab, one for each part of each country, and UTC, a line each.
//
//go:embed zones.txt
var zoneNames string

// ZoneNames are the zones that people live in, sorted. LoadZone knows others as well, such as older names.
var ZoneNames = sync.OnceValue(func() []string { return strings.Fields(zoneNames) })
