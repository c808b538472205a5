package netlink

import (
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// notSentByTc are attributes that are in none of the captured messages, and why.
var notSentByTc = map[string]string{
	"qdisc netem 2":     "comes from a file: TestFindsDistributions",
	"qdisc netem 13":    "comes from a file: TestFindsDistributions",
	"filter bpf 6":      "the number of an open file, another one each time",
	"filter bpf 7":      "belongs to it",
	"action bpf 5":      "the number of an open file, another one each time",
	"action bpf 6":      "belongs to it",
	"filter flower 43":  "tc has no word for it",
	"filter flower 44":  "tc has no word for it",
	"filter flower 46":  "tc has no word for it",
	"filter flower 100": "tc has no word for it",
	"filter flower 101": "tc has no word for it",
	"action skbedit 10": "tc has no word for it",
}

// policeNests are where filters have their own action police, whose attributes are those of the action.
var policeNests = map[string]uint16{"basic": uapi.TCA_BASIC_POLICE, "bpf": uapi.TCA_BPF_POLICE,
	"cgroup": uapi.TCA_CGROUP_POLICE, "flow": uapi.TCA_FLOW_POLICE, "fw": uapi.TCA_FW_POLICE,
	"route": uapi.TCA_ROUTE4_POLICE, "u32": uapi.TCA_U32_POLICE}

// TestTcSentEachAttribute finds kinds and attributes of traffic control that no captured message of tc has: what is in
// one is compared by TestSendsWhatTcSends of cmd/kern.
func TestTcSentEachAttribute(t *testing.T) {
	if native.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the bytes were captured on a little-endian machine")
	}
	text, err := os.ReadFile("../cmd/kern/internal/tc/testdata/sent.txt")
	if err != nil {
		t.Fatal(err)
	}
	sent := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		var typ, flags uint16
		var data string
		if n, _ := fmt.Sscanf(line, "%d 0x%x %s", &typ, &flags, &data); n != 3 {
			continue
		}
		b, err := hex.DecodeString(data)
		if err != nil {
			t.Fatal(line)
		}
		switch typ {
		case uapi.RTM_NEWQDISC:
			noteSent(sent, "qdisc", qdiscKinds, b)
		case uapi.RTM_NEWTCLASS:
			noteSent(sent, "class", classKinds, b)
		case uapi.RTM_NEWTFILTER:
			noteSent(sent, "filter", filterKinds, b)
		case uapi.RTM_NEWACTION:
			noteActions(sent, b[uapi.SizeofTcamsg:])
		}
	}
	var lacks []string
	lacks = append(lacks, notSent(sent, "qdisc", qdiscKinds)...)
	lacks = append(lacks, notSent(sent, "class", classKinds)...)
	lacks = append(lacks, notSent(sent, "filter", filterKinds)...)
	lacks = append(lacks, notSent(sent, "action", actionKinds)...)
	for _, l := range lacks {
		if notSentByTc[l] == "" {
			t.Errorf("no message that tc sent has %s", l)
		}
	}
	for l := range notSentByTc {
		if !slices.Contains(lacks, l) {
			t.Errorf("%s was sent", l)
		}
	}
}

func noteSent[I any](sent map[string]bool, sort string, kinds kindTable[I], b []byte) {
	m, err := readTc(b)
	if err != nil {
		return
	}
	noteKind(sent, sort, kinds, string(m.kind), m.options)
}

func noteKind[I any](sent map[string]bool, sort string, kinds kindTable[I], kind string, options []byte) {
	sent[sort+" "+kind] = true
	header := 0
	if d := kinds.describe(kind); d != nil {
		header = d.Header
	}
	if kind == "mqprio" { // whose words read it at once
		header = uapi.SizeofTcMqprioQopt
	}
	options = options[min((header+3)&^3, len(options)):]
	noteNest(sent, sort+" "+kind, options)
}

// noteNest notes all paths in a nest, and what looks like one.
func noteNest(sent map[string]bool, path string, b []byte) {
	d := wire.NewDecoder(b)
	for d.Next() {
	}
	if d.Err() != nil {
		return
	}
	d = wire.NewDecoder(b)
	for d.Next() {
		inner := fmt.Sprintf("%s %d", path, d.Type())
		sent[inner] = true
		noteNest(sent, inner, d.Data())
		noteActionsIn(sent, d.Data())
	}
}

// noteActionsIn notes actions where b is a list of some.
func noteActionsIn(sent map[string]bool, b []byte) {
	d := wire.NewDecoder(b)
	for d.Next() {
		one := d.Nested()
		var kind string
		var options []byte
		for one.Next() {
			switch one.Type() {
			case uapi.TCA_ACT_KIND:
				kind = string(untilNUL(one.Data()))
			case uapi.TCA_ACT_OPTIONS:
				options = one.Data()
			}
		}
		if slices.Contains(actionKinds.names(), kind) {
			noteKind(sent, "action", actionKinds, kind, options)
		}
	}
}

func noteActions(sent map[string]bool, b []byte) {
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() == uapi.TCA_ACT_TAB {
			noteActionsIn(sent, d.Data())
		}
	}
}

func notSent[I any](sent map[string]bool, sort string, kinds kindTable[I]) (lacks []string) {
	for i := range kinds {
		name := kinds[i].name
		if !sent[sort+" "+name] {
			lacks = append(lacks, sort+" "+name)
			continue
		}
		v, _ := kinds.new(name)
		a, ok := any(v).(attributed)
		if !ok {
			continue
		}
		var unsent uint16 // a nest that is only read
		for _, r := range attr.Record(a.attrs) {
			if len(r.Path) == 1 {
				if unsent = r.Path[0]; r.Set {
					unsent = 0
				}
			} else if r.Path[0] == unsent {
				continue
			}
			if len(r.Path) > 1 && sort == "filter" && r.Path[0] == policeNests[name] {
				continue
			}
			path := sort + " " + name
			for _, typ := range r.Path {
				path += fmt.Sprintf(" %d", typ)
			}
			if r.Set && !sent[path] {
				lacks = append(lacks, path)
			}
		}
	}
	return lacks
}
