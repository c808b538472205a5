package cli

import (
	"reflect"
	"strings"
	"testing"

	"kern.sys/internal/uapi"
)

func TestOptions(t *testing.T) {
	for line, want := range map[string]Options{
		"":                  {},
		"-4":                {Family: uapi.AF_INET},
		"-6":                {Family: uapi.AF_INET6},
		"-0":                {Family: uapi.AF_PACKET},
		"-M":                {Family: uapi.AF_MPLS},
		"-B":                {Family: uapi.AF_BRIDGE},
		"-4 -6":             {Family: uapi.AF_INET6},
		"-f inet":           {Family: uapi.AF_INET},
		"-family link":      {Family: uapi.AF_PACKET},
		"-s -s -s":          {Stats: 3},
		"-stat -statistics": {Stats: 2},
		"-d -j -p -o -r":    {Details: true, JSON: true, Pretty: true, Oneline: true, resolve: true},
		"--json --details":  {Details: true, JSON: true},
		"-br -b x":          {Brief: true, Batch: true, BatchFile: "x"},
		"-h -i":             {Human: true, IEC: true},
		"-human":            {Human: true},
		"-t":                {timestamp: true},
		"-ts":               {timestamp: true, tshort: true},
		"-n blue":           {inNetNS: true, netns: "blue"},
		"-netns blue":       {inNetNS: true, netns: "blue"},
		"-N":                {Numeric: true},
		"-a":                {All: true},
		"-V":                {version: true},
		"-force":            {Force: true},
		"-fo":               {Force: true},
		"-l 5":              {Loops: 5},
		"-loops x":          {},
		"-rc 4096":          {Rcvbuf: 4096},
		"-c":                {Color: true},
		"-color=always":     {Color: true},
		"-c -c=never":       {},
		"-echo":             {Echo: true},
		"-d -- -s":          {Details: true},
	} {
		var o Options
		rest, err := o.Parse(strings.Fields(line))
		if err != nil || !reflect.DeepEqual(o, want) {
			t.Errorf("%q: got %+v, %v", line, o, err)
		}
		if wantRest := strings.HasSuffix(line, "-- -s"); (len(rest) != 0) != wantRest {
			t.Errorf("%q: %q is left", line, rest)
		}
	}
}
