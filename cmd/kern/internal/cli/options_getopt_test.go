package cli

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestOptionsOfGetopt(t *testing.T) {
	with := func(change func(*Options)) Options {
		o := Options{table: RdmaOptions}
		change(&o)
		return o
	}
	details := with(func(o *Options) { o.Details = true })
	driver := with(func(o *Options) { o.Details, o.DriverDetails, o.JSON = true, true, true })
	batch := with(func(o *Options) { o.Batch, o.BatchFile = true, "x" })
	for line, want := range map[string]Options{
		"a b":                 with(func(*Options) {}),
		"-d a b":              details,
		"a -d b":              details,
		"a b --details":       details,
		"a --det b":           details,
		"-d -d -j a b":        driver,
		"a -djd b":            driver,
		"a b --details -dj":   driver,
		"-b x a b":            batch,
		"a -bx b":             batch,
		"a b --batch x":       batch,
		"--batch=x a b":       batch,
		"-d -- a b":           details,
		"a - b":               with(func(*Options) {}),
		"-Vf a b --pretty -o": with(func(o *Options) { o.version, o.Force, o.Pretty, o.Oneline = true, true, true, true }),
	} {
		o := Options{table: RdmaOptions}
		rest, err := o.Parse(strings.Fields(line))
		rest = slices.DeleteFunc(rest, func(w string) bool { return w == "-" })
		if err != nil || !slices.Equal(rest, []string{"a", "b"}) || !sameOptions(o, want) {
			t.Errorf("%q: got %+v, %q, %v", line, o, rest, err)
		}
	}
	for line, want := range map[string]string{
		"-x": "Unknown option.", "a -dx": "Unknown option.", "--nope": "Unknown option.", "--details=x": "Unknown option.",
		"--=x": "Unknown option.", "-b": "-b option requires an argument", "-db": "-b option requires an argument",
		"--batch": "-b option requires an argument", "-h": "help", "a --help": "help",
	} {
		o := Options{table: RdmaOptions}
		if _, err := o.Parse(strings.Fields(line)); err == nil || err.Error() != want {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// sameOptions compares all but the tables, which hold functions.
func sameOptions(a, b Options) bool {
	a.table, b.table = nil, nil
	return reflect.DeepEqual(a, b)
}
