package main

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"kern.sys/internal/uapi"
)

func TestOptions(t *testing.T) {
	for line, want := range map[string]options{
		"":                  {},
		"-4":                {family: uapi.AF_INET},
		"-6":                {family: uapi.AF_INET6},
		"-0":                {family: uapi.AF_PACKET},
		"-M":                {family: uapi.AF_MPLS},
		"-B":                {family: uapi.AF_BRIDGE},
		"-4 -6":             {family: uapi.AF_INET6},
		"-f inet":           {family: uapi.AF_INET},
		"-family link":      {family: uapi.AF_PACKET},
		"-s -s -s":          {stats: 3},
		"-stat -statistics": {stats: 2},
		"-d -j -p -o -r":    {details: true, json: true, pretty: true, oneline: true, resolve: true},
		"--json --details":  {details: true, json: true},
		"-br -b x":          {brief: true, batchFile: "x"},
		"-h -i":             {human: true, iec: true},
		"-human":            {human: true},
		"-t":                {timestamp: true},
		"-ts":               {timestamp: true, tshort: true},
		"-n blue":           {netns: "blue"},
		"-netns blue":       {netns: "blue"},
		"-N":                {numeric: true},
		"-a":                {all: true},
		"-V":                {version: true},
		"-force":            {force: true},
		"-fo":               {force: true},
		"-l 5":              {loops: 5},
		"-loops x":          {},
		"-rc 4096":          {rcvbuf: 4096},
		"-c":                {color: true},
		"-color=always":     {color: true},
		"-c -c=never":       {},
		"-echo":             {echo: true},
		"-d -- -s":          {details: true},
	} {
		var o options
		rest, err := o.parse(strings.Fields(line))
		if err != nil || !reflect.DeepEqual(o, want) {
			t.Errorf("%q: got %+v, %v", line, o, err)
		}
		if wantRest := strings.HasSuffix(line, "-- -s"); (len(rest) != 0) != wantRest {
			t.Errorf("%q: %q is left", line, rest)
		}
	}
}

func TestAbbreviatedObjectsAreThoseOfIP(t *testing.T) {
	for word, want := range map[string]string{
		"a": "address", "addr": "address", "l": "link", "li": "link", "r": "route", "ro": "route", "ru": "rule", "n": "neigh", "ne": "neigh",
		"net": "netns", "mo": "monitor", "mon": "monitor",
	} {
		got := kernHelp(t, word)
		if !strings.Contains(got, want) {
			t.Errorf("%s help: %s", word, got)
		}
	}
	// What ip has and this program has not is never taken for another object.
	for _, word := range []string{"m", "ma", "t", "tu", "x", "v", "nex", "ntable", "s", "tc", "f", "i"} {
		if got := kernHelp(t, word); !strings.Contains(got, "not supported") {
			t.Errorf("%s help: %s", word, got)
		}
	}
}

func kernHelp(t *testing.T, object string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	run([]string{"/usr/bin/kern", object, "help"}, nil, &out, &errOut)
	return out.String() + errOut.String()
}

func TestNameOfTheProgram(t *testing.T) {
	for path, want := range map[string]string{"ip": "ip", "/sbin/ip": "ip", "kern": "kern", "./kern": "kern", "/x/ip/kern": "kern"} {
		var out, errOut bytes.Buffer
		if code := run([]string{path, "nope"}, nil, &out, &errOut); code != 1 || !strings.HasSuffix(errOut.String(), "try \""+want+" help\".\n") {
			t.Errorf("%s: status %d, %s", path, code, errOut.String())
		}
		errOut.Reset()
		if code := run([]string{path}, nil, &out, &errOut); code != 255 || !strings.HasPrefix(errOut.String(), "Usage: "+want+" [ OPTIONS ]") {
			t.Errorf("%s: status %d, %s", path, code, errOut.String())
		}
	}
}

func TestVersion(t *testing.T) {
	var out bytes.Buffer
	if code := run([]string{"kern", "-V"}, nil, &out, &out); code != 0 || !strings.HasPrefix(out.String(), "kern utility, kern.sys ") {
		t.Errorf("status %d, %q", code, out.String())
	}
}
