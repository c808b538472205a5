package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestAbbreviatedObjectsAreThoseOfIP(t *testing.T) {
	for word, want := range map[string]string{
		"a": "address", "addr": "address", "l": "link", "li": "link", "r": "route", "ro": "route", "ru": "rule",
		"n": "neigh", "ne": "neigh",
		"net": "netns", "mo": "monitor", "mon": "monitor", "m": "maddr", "v": "vrf", "nt": "ntable", "ntb": "ntable",
		"nex": "nexthop", "to": "token", "ta": "tuntap", "t": "tunnel", "tu": "tunnel",
		"i": "ila", "tcp": "tcp_metrics",
	} {
		got := kernHelp(t, word)
		if !strings.Contains(got, want) {
			t.Errorf("%s help: %s", word, got)
		}
	}
}

func kernHelp(t *testing.T, object ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	run(slices.Concat([]string{"/usr/bin/kern"}, object, []string{"help"}), nil, &out, &errOut)
	return out.String() + errOut.String()
}

func TestNameOfTheProgram(t *testing.T) {
	for path, want := range map[string]string{"ip": "ip", "/sbin/ip": "ip", "kern": "kern", "./kern": "kern",
		"/x/ip/kern": "kern"} {
		var out, errOut bytes.Buffer
		if code := run([]string{path, "nope"}, nil, &out, &errOut); code != 1 ||
			!strings.HasSuffix(errOut.String(), "try \""+want+" help\".\n") {
			t.Errorf("%s: status %d, %s", path, code, errOut.String())
		}
		errOut.Reset()
		if code := run([]string{path}, nil, &out, &errOut); code != 255 ||
			!strings.HasPrefix(errOut.String(), "Usage: "+want+" [ OPTIONS ]") {
			t.Errorf("%s: status %d, %s", path, code, errOut.String())
		}
	}
}

func TestVersion(t *testing.T) {
	var out bytes.Buffer
	if code := run([]string{"kern", "-V"}, nil, &out, &out); code != 0 ||
		!strings.HasPrefix(out.String(), "kern utility, kern.sys ") {
		t.Errorf("status %d, %q", code, out.String())
	}
}

func TestDevlinkIsAProgramAndAnObject(t *testing.T) {
	for _, words := range [][]string{{"/sbin/devlink", "trap", "help"}, {"devlink", "trap", "-jp", "help"},
		{"kern", "-j", "devlink", "trap", "help"}, {"kern", "devlink", "-s", "trap", "help"}} {
		var out, errOut bytes.Buffer
		code := run(words, nil, &out, &errOut)
		if code != 0 || !strings.Contains(errOut.String(), "devlink trap policer set DEV policer POLICER") {
			t.Errorf("%v: status %d, %s", words, code, errOut.String())
		}
	}
	var out, errOut bytes.Buffer
	if code := run([]string{"devlink", "trap", "-Z"}, nil, &out, &errOut); code != 1 {
		t.Errorf("status %d, %s", code, errOut.String())
	}
	if run([]string{"kern", "completion", "words", "devlink", "port", "fun"}, nil, &out,
		&errOut); !strings.Contains(out.String(), "function\n") {
		t.Errorf("%q, %s", out.String(), errOut.String())
	}
}

func TestBridgeIsAProgramAndAnObject(t *testing.T) {
	for _, words := range [][]string{{"/sbin/bridge", "vlan", "help"}, {"kern", "-j", "bridge", "vlan", "help"},
		{"kern", "bridge", "-s", "vlan", "help"}} {
		var out, errOut bytes.Buffer
		code := run(words, nil, &out, &errOut)
		if code != 255 || !strings.Contains(errOut.String(), "bridge vlan tunnelshow [ dev DEV ]") {
			t.Errorf("%v: status %d, %s", words, code, errOut.String())
		}
	}
	for word, want := range map[string]string{"tun": "tunnelshow", "": "global"} {
		var out, errOut bytes.Buffer
		if run([]string{"kern", "completion", "words", "bridge", "vlan", word}, nil, &out,
			&errOut); !strings.Contains(out.String(), want+"\n") {
			t.Errorf("%q becomes %q, %s", word, out.String(), errOut.String())
		}
	}
}

// Their options stand wherever they like, and together.
func TestRdmaAndVdpaAreProgramsAndObjects(t *testing.T) {
	for want, all := range map[string][][]string{
		"rdma resource show [ DEV ]\n": {{"/sbin/rdma", "resource", "help"}, {"kern", "-j", "rdma", "res", "help", "-dp"},
			{"rdma", "-dd", "--js", "res", "he"}},
		"vdpa dev del DEV\n": {{"vdpa", "dev", "help"}, {"kern", "vdpa", "-jp", "d", "h"},
			{"kern", "vdpa", "d", "h", "--", "-x"}},
	} {
		for _, words := range all {
			var out bytes.Buffer
			if code := run(words, nil, &out, &out); code != 0 || !strings.Contains(out.String(), want) {
				t.Errorf("%v: status %d, %s", words, code, out.String())
			}
		}
	}
	for word, want := range map[string]string{"--j": "--json", "res": "resource"} {
		var out, errOut bytes.Buffer
		if run([]string{"kern", "completion", "words", "rdma", word}, nil, &out,
			&errOut); !strings.Contains(out.String(), want+"\n") {
			t.Errorf("%q becomes %q, %s", word, out.String(), errOut.String())
		}
	}
}
