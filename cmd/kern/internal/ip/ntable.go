package ip

import (
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func ntableUsage() string {
	return `
ntable change name NAME [ dev DEV ]
       [ thresh1 VAL ] [ thresh2 VAL ] [ thresh3 VAL ] [ gc_int MSEC ]
       [ PARMS ]
ntable show [ dev { DEV | none } ] [ name NAME ]
PARMS := [ base_reachable MSEC ] [ retrans MSEC ] [ gc_stale MSEC ]
         [ delay_probe MSEC ] [ queue LEN ]
         [ app_probes VAL ] [ ucast_probes VAL ] [ mcast_probes VAL ]
         [ mcast_reprobes VAL ] [ anycast_delay MSEC ]
         [ proxy_delay MSEC ] [ proxy_queue LEN ]
         [ locktime MSEC ]
`
}

// runNtable is about the tables of neighbours, and how the neighbours of a link are looked for.
func runNtable(c *cli.Command) error {
	c.Object = "ntable"
	return c.Choose(listNtables,
		cli.Verb{Name: "change", Run: changeNtable},
		cli.Verb{Name: "chg", Run: changeNtable},
		cli.Verb{Name: "show", Run: listNtables},
		cli.Verb{Name: "lst", Run: listNtables},
		cli.Verb{Name: "list", Run: listNtables},
	)
}

// ntableField is an attribute that is a number.
type ntableField struct {
	word string
	typ  uint16
	long bool // of eight bytes
}

// ntableFields are those of a table.
var ntableFields = []ntableField{
	{"thresh1", uapi.NDTA_THRESH1, false},
	{"thresh2", uapi.NDTA_THRESH2, false},
	{"thresh3", uapi.NDTA_THRESH3, false},
	{"gc_int", uapi.NDTA_GC_INTERVAL, true},
}

// ntableParms are those of the neighbours of a link that can be changed.
var ntableParms = []ntableField{
	{"base_reachable", uapi.NDTPA_BASE_REACHABLE_TIME, true},
	{"retrans", uapi.NDTPA_RETRANS_TIME, true},
	{"gc_stale", uapi.NDTPA_GC_STALETIME, true},
	{"delay_probe", uapi.NDTPA_DELAY_PROBE_TIME, true},
	{"queue", uapi.NDTPA_QUEUE_LEN, false},
	{"app_probes", uapi.NDTPA_APP_PROBES, false},
	{"ucast_probes", uapi.NDTPA_UCAST_PROBES, false},
	{"mcast_probes", uapi.NDTPA_MCAST_PROBES, false},
	{"mcast_reprobes", uapi.NDTPA_MCAST_REPROBES, false},
	{"anycast_delay", uapi.NDTPA_ANYCAST_DELAY, true},
	{"proxy_delay", uapi.NDTPA_PROXY_DELAY, true},
	{"proxy_queue", uapi.NDTPA_PROXY_QLEN, false},
	{"locktime", uapi.NDTPA_LOCKTIME, true},
}

// take reads the value of one of fields, if the next word is its name.
func takeNtableField(c *cli.Command, fields []ntableField, e *wire.Encoder) (bool, error) {
	for _, f := range fields {
		if !c.Take(f.word) {
			continue
		}
		bits := 32
		if f.long {
			bits = 64
		}
		n, err := c.Uint(bits, "\""+f.word+"\" value is invalid")
		if f.long {
			e.Uint64(f.typ, n)
		} else {
			e.Uint32(f.typ, uint32(n))
		}
		return true, err
	}
	return false, nil
}

// changeNtable is "ntable change".
func changeNtable(c *cli.Command) error {
	var table, parms wire.Encoder
	var name choice[string]
	changes := false
	for c.More() {
		for _, group := range []struct {
			fields []ntableField
			e      *wire.Encoder
		}{{ntableFields, &table}, {ntableParms, &parms}} {
			took, err := takeNtableField(c, group.fields, group.e)
			if err != nil {
				return err
			}
			changes = changes || took
		}
		switch {
		case c.Take("name"):
			if name.given {
				return duplicateNext(c, "NAME")
			}
			if err := nextWord(c, &name); err != nil {
				return err
			}
			table.String(uapi.NDTA_NAME, name.value)
		case c.Take("dev"):
			index, err := c.NextLink()
			if err != nil {
				return err
			}
			parms.Uint32(uapi.NDTPA_IFINDEX, uint32(index))
		case c.More() && !isNtableField(c.Peek()):
			return desc.Wrong(c.Peek(), "unknown")
		}
	}
	switch {
	case !name.given:
		return &desc.UsageError{Text: "Error: argument \"NAME\" is required"}
	case !changes:
		return cli.Exit(cli.StatusUsage, "Not enough information: changeable attributes required.")
	}
	r := wire.NewRequest(uapi.RTM_SETNEIGHTBL, uapi.NLM_F_REPLACE)
	(&uapi.Ndtmsg{Family: uint8(c.Family)}).Put(r.Header(ndtHeader))
	r.Fail(table.Err())
	r.Fail(parms.Err())
	copy(r.Raw(len(table.Bytes())), table.Bytes())
	if len(parms.Bytes()) != 0 {
		r.Nest(uapi.NDTA_PARMS)
		copy(r.Raw(len(parms.Bytes())), parms.Bytes())
		r.End()
	}
	return c.Exec(r)
}

// ndtHeader is the size of struct ndtmsg, which has its padding as members.
const ndtHeader = uapi.SizeofNdtmsg

// isNtableField reports whether a word is a field's: it is read in the next round.
func isNtableField(word string) bool {
	for _, fields := range [][]ntableField{ntableFields, ntableParms} {
		for _, f := range fields {
			if f.word == word {
				return true
			}
		}
	}
	return word == "name" || word == "dev"
}

// listNtables is "ntable show".
func listNtables(c *cli.Command) error {
	var name choice[string]
	var index choice[int] // 0: of no link
	for c.More() {
		switch {
		case c.Take("dev"):
			if c.Take("none") {
				index.set(0)
				continue
			}
			n, err := nextMaster(c, "\"DEV\" is invalid", "")
			if err != nil {
				return err
			}
			index.set(n)
		case c.Take("name"):
			if err := nextWord(c, &name); err != nil {
				return err
			}
		default:
			return desc.Wrong(c.Peek(), "unknown")
		}
	}
	if err := KnowLinks(c); err != nil {
		return err
	}
	r := wire.NewRequest(uapi.RTM_GETNEIGHTBL, 0)
	(&uapi.Ndtmsg{Family: uint8(c.Family)}).Put(r.Header(ndtHeader))
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusFailed, c.Dump(r, func(m wire.Message) error {
			t := readNtable(m)
			if (c.Family == uapi.AF_UNSPEC || c.Family == int(t.head.Family)) && name.allows(t.name) &&
				(t.parms == nil || index.allows(t.index)) {
				showNtable(c, t)
			}
			return c.Spill()
		}))
	})
}

// ntableMessage is an RTM_NEWNEIGHTBL message taken apart: a table, or the settings of a link in it.
type ntableMessage struct {
	head  uapi.Ndtmsg
	attrs desc.Attrs
	parms desc.Attrs // nil: none
	name  string
	index int // of the link, 0 where it is of all
}

func readNtable(m wire.Message) *ntableMessage {
	t := &ntableMessage{}
	t.head.Decode(m.Data)
	t.attrs = desc.ParseAttrs(m.Data[min(ndtHeader, len(m.Data)):])
	t.name = cli.Text(t.attrs[uapi.NDTA_NAME])
	if b, ok := t.attrs[uapi.NDTA_PARMS]; ok {
		t.parms = desc.ParseAttrs(b)
		t.index = int(cli.Number32(t.parms[uapi.NDTPA_IFINDEX]))
	}
	return t
}

func showNtable(c *cli.Command, t *ntableMessage) {
	p := c.Out
	p.Object("")
	p.Str("family", "%s ", desc.FamilyName(int(t.head.Family)))
	if t.name != "" {
		p.Str("name", "%s ", t.name)
	}
	p.NL()
	some := false
	for _, f := range ntableFields {
		b, ok := t.attrs[f.typ]
		if !ok {
			continue
		}
		if !some {
			p.Text("    ")
		}
		some = true
		key := f.word
		if f.typ == uapi.NDTA_GC_INTERVAL {
			key = "gc_interval"
		}
		p.Uint(key, f.word+" %d ", wideNumber(b))
	}
	if some {
		p.NL()
	}
	if b, ok := t.attrs[uapi.NDTA_CONFIG]; ok && c.Stats != 0 {
		showNtableConfig(c, b)
	}
	if t.parms != nil {
		showNtableParms(c, t)
	}
	if b, ok := t.attrs[uapi.NDTA_STATS]; ok && c.Stats != 0 {
		showNtableStats(c, b)
	}
	ShowUnknown(p, "%s ", t.attrs, uapi.NDTA_MAX)
	p.Text("\n")
	p.EndObject()
}

// ago is when something was that many milliseconds ago.
func ago(ms uint32) string {
	if ms == 0 {
		return "(error)"
	}
	return time.Now().Truncate(time.Second).Add(-time.Duration(ms/1000) * time.Second).Format(time.DateTime)
}

func showNtableConfig(c *cli.Command, b []byte) {
	p := c.Out
	var conf uapi.NdtConfig
	conf.Decode(b)
	p.Uint("key_length", "    config key_len %d ", uint64(conf.KeyLen))
	p.Uint("entry_size", "entry_size %d ", uint64(conf.EntrySize))
	p.Uint("entries", "entries %d ", uint64(conf.Entries))
	p.NL()
	p.Str("last_flush", "        last_flush %s ", ago(conf.LastFlush))
	p.Str("last_rand", "last_rand %s ", ago(conf.LastRand))
	p.NL()
	p.Uint("hash_rnd", "        hash_rnd %d ", uint64(conf.HashRnd))
	p.Hex("hash_mask", "hash_mask %08x ", uint64(conf.HashMask))
	p.Uint("hash_chain_gc", "hash_chain_gc %d ", uint64(conf.HashChainGc))
	p.Uint("proxy_qlen", "proxy_qlen %d ", uint64(conf.ProxyQlen))
	p.NL()
}

// ntableLines are the lines that show a link's settings.
var ntableLines = [][]ntableField{
	{{"refcnt", uapi.NDTPA_REFCNT, false}, {"reachable", uapi.NDTPA_REACHABLE_TIME, true},
		{"base_reachable", uapi.NDTPA_BASE_REACHABLE_TIME, true}, {"retrans", uapi.NDTPA_RETRANS_TIME, true}},
	{{"gc_stale", uapi.NDTPA_GC_STALETIME, true}, {"delay_probe", uapi.NDTPA_DELAY_PROBE_TIME, true},
		{"queue", uapi.NDTPA_QUEUE_LEN, false}},
	{{"app_probes", uapi.NDTPA_APP_PROBES, false}, {"ucast_probes", uapi.NDTPA_UCAST_PROBES, false},
		{"mcast_probes", uapi.NDTPA_MCAST_PROBES, false}, {"mcast_reprobes", uapi.NDTPA_MCAST_REPROBES, false}},
	{{"anycast_delay", uapi.NDTPA_ANYCAST_DELAY, true}, {"proxy_delay", uapi.NDTPA_PROXY_DELAY, true},
		{"proxy_queue", uapi.NDTPA_PROXY_QLEN, false}, {"locktime", uapi.NDTPA_LOCKTIME, true}},
}

func showNtableParms(c *cli.Command, t *ntableMessage) {
	p := c.Out
	if _, ok := t.parms[uapi.NDTPA_IFINDEX]; ok {
		p.Text("    dev ")
		p.ColorStr(desc.Ifname, "dev", "%s ", p.Link(t.index))
		p.NL()
	}
	for _, line := range ntableLines {
		p.Text("    ")
		for _, f := range line {
			if b, ok := t.parms[f.typ]; ok {
				p.Uint(f.word, f.word+" %d ", wideNumber(b))
			}
		}
		if line[0].typ == uapi.NDTPA_ANYCAST_DELAY {
			ShowUnknown(p, "%s ", t.parms, uapi.NDTPA_MAX)
		}
		p.NL()
	}
}

func showNtableStats(c *cli.Command, b []byte) {
	p := c.Out
	names := []string{
		"allocs", "destroys", "hash_grows", "res_failed", "lookups", "hits", "rcv_probes_mcast", "rcv_probes_ucast",
		"periodic_gc_runs", "forced_gc_runs", "table_fulls",
	}
	p.Text("    stats ")
	for i, name := range names {
		if len(b) < 8*(i+1) {
			break
		}
		switch name {
		case "res_failed", "rcv_probes_mcast", "periodic_gc_runs", "table_fulls":
			p.NL()
			p.Text("    ")
		}
		p.Uint(name, name+" %d ", native.Uint64(b[8*i:]))
	}
	p.NL()
}
