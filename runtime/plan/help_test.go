package plan_test

import "time"

func instant(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }

func until(at int64) string {
	if at == 0 {
		return ""
	}
	return instant(at)
}
