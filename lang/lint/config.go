package lint

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"nurture/lang/calendar"
	"nurture/lang/diag"
)

// ConfigName is the file beside a playbook, or above it, that says how it is linted.
const ConfigName = ".nurturec.toml"

// ConfigCode is the code of what is wrong with a configuration.
const ConfigCode = "NUR303"

// Level is how much a rule weighs, or Off.
type Level uint8

const (
	Off Level = iota
	Info
	Warning
	Error
)

var levelNames = []string{"off", "info", "warning", "error"}

func (l Level) String() string { return levelNames[l] }

func (l Level) severity() diag.Severity {
	return [...]diag.Severity{Info: diag.Info, Warning: diag.Warning, Error: diag.Error}[l]
}

// Config says how a playbook is linted. The zero value has every rule at its own level and threshold, and no day.
type Config struct {
	Levels   map[string]Level // by rule ("NUR901" or its name), family, or "all"
	Settings map[string]any   // thresholds, see Rule.Settings: float64 or calendar.Duration
	Exclude  []string         // patterns of path.Match for files of which nothing is said
	Now      calendar.Date    // today; 0: nothing is said of what is out of date
}

// level is that of a rule: what is said of it, else of its family, else of all, else its own.
func (c Config) level(r *Rule) Level {
	for _, name := range [...]string{r.ID, r.Name, r.Family.Name, "all"} {
		if l, ok := c.Levels[name]; ok {
			return l
		}
	}
	return [...]Level{diag.Info: Info, diag.Warning: Warning, diag.Error: Error}[r.Severity]
}

// configFile is the form of a .nurturec.toml.
type configFile struct {
	Lint struct {
		Exclude  []string
		Levels   map[string]string
		Settings map[string]any
	}
}

// ParseConfig reads the text of a .nurturec.toml. What is wrong with it are diagnostics, and the rest counts.
func ParseConfig(name, src string) (Config, []diag.Diagnostic) {
	c := Config{Levels: map[string]Level{}, Settings: map[string]any{}}
	var file configFile
	known, err := toml.Decode(src, &file)
	if err != nil {
		return c, []diag.Diagnostic{unreadableConfig(name, src, err)}
	}
	r := configReport{name: name, src: src}
	for _, table := range []string{"levels", "settings"} {
		if kind := known.Type("lint", table); kind != "" && kind != "Hash" {
			r.add(table, "`lint.%s` is no value but a table; write [lint.%s], and what stands in it on the lines below", table, table)
		}
	}
	for _, key := range known.Undecoded() {
		if slices.ContainsFunc(known.Undecoded(), func(above toml.Key) bool { return len(above) < len(key) && slices.Equal(above, key[:len(above)]) }) {
			continue // the table in which it stands is reported
		}
		r.add(key[len(key)-1], "`%s` says nothing here; a %s has [lint] with exclude, [lint.levels] and [lint.settings]", key, ConfigName)
	}
	for _, pattern := range file.Lint.Exclude {
		if _, err := path.Match(pattern, ""); err != nil {
			r.add(pattern, "%q is no pattern of file names; write one such as \"old_*.nurture\"", pattern)
			continue
		}
		c.Exclude = append(c.Exclude, pattern)
	}
	for _, key := range slices.Sorted(maps.Keys(file.Lint.Levels)) {
		level := slices.Index(levelNames, file.Lint.Levels[key])
		switch {
		case !slices.Contains(levelKeys(), key):
			r.unknown(key, "rule, name of a rule or family", levelKeys())
		case level < 0:
			r.add(key, "%q is no level; write %s", file.Lint.Levels[key], `"off", "info", "warning" or "error"`)
		default:
			c.Levels[key] = Level(level)
		}
	}
	defaults := settings()
	for _, key := range slices.Sorted(maps.Keys(file.Lint.Settings)) {
		standard, ok := defaults[key]
		if !ok {
			r.unknown(key, "setting", slices.Sorted(maps.Keys(defaults)))
			continue
		}
		v, err := settingOf(file.Lint.Settings[key], standard.Default)
		if err != nil {
			r.add(key, "`%s` says %s: %v", key, standard.Means, err)
			continue
		}
		c.Settings[key] = v
	}
	return c, r.diags
}

// settingOf reads a value of the kind that the default has.
func settingOf(v, standard any) (any, error) {
	switch standard.(type) {
	case calendar.Duration:
		if text, ok := v.(string); ok {
			if d, err := calendar.ParseDuration(text); err == nil {
				return d, nil
			}
		}
		return nil, errors.New(`write a duration such as "30d"`)
	default:
		switch n := v.(type) {
		case int64:
			return float64(n), nil
		case float64:
			return n, nil
		}
		return nil, fmt.Errorf("write a number such as %v", standard)
	}
}

// settings are those of all rules by name.
func settings() map[string]Setting {
	all := map[string]Setting{}
	for _, r := range Rules {
		for _, s := range r.Settings {
			all[s.Name] = s
		}
	}
	return all
}

// levelKeys is what a level can be given to.
func levelKeys() []string {
	keys := []string{"all"}
	for _, f := range Families {
		keys = append(keys, f.Name)
	}
	for _, r := range Rules {
		keys = append(keys, r.ID, r.Name)
	}
	return keys
}

// configReport collects what is wrong with a configuration.
type configReport struct {
	name, src string
	diags     []diag.Diagnostic
}

// add reports something at the first place where a word stands.
func (r *configReport) add(word, format string, args ...any) {
	at := diag.Span{File: r.name}
	if i := strings.Index(r.src, word); i >= 0 {
		at.Start, at.End = i, i+len(word)
	}
	r.diags = append(r.diags, diag.Diagnostic{Code: configCode.ID, Span: at, Message: fmt.Sprintf(format, args...)})
}

func (r *configReport) unknown(word, what string, all []string) {
	hint := ""
	if near, ok := diag.Nearest(word, all); ok {
		hint = "; did you mean `" + near + "`?"
	}
	r.add(word, "there is no %s `%s`%s", what, word, hint)
}

func unreadableConfig(name, src string, err error) diag.Diagnostic {
	d := diag.Diagnostic{Code: configCode.ID, Span: diag.Span{File: name}, Message: err.Error()}
	var at toml.ParseError
	if errors.As(err, &at) {
		start := min(max(at.Position.Start, 0), len(src))
		d.Span.Start, d.Span.End = start, min(start+max(at.Position.Len, 1), len(src))
		d.Message = "this is no TOML: " + at.Message
	}
	return d
}

var configCode = diag.Code{
	ID: ConfigCode, Title: "a configuration that cannot be read",
	Explain: "The `" + ConfigName + "` beside a playbook, or in a folder above it, says how it is linted: levels of rules, of families or of all of them (`off`, `info`, `warning`, `error`), " +
		"thresholds, and files of which nothing is said.",
	Bad:  "[lint.levels]\nholes = \"fatal\"",
	Good: "[lint.levels]\nholes = \"error\"\n\n[lint.settings]\nselling_share = 30",
}
