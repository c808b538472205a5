package devlink

import (
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// word is a keyword, and the attribute that its value becomes.
type word struct {
	name    string // a beginning is enough
	other   string // what it may be called as well
	typ     uint16
	read    func(a *args, w *word, e *wire.Encoder) error
	names   []string // of the numbers that are values
	status  int      // that a wrong value ends the command with; 0: that of other failures
	bit     uint32   // for flags
	nest    uint16   // the attribute that this one is in; 0: none
	missing string   // what is said where a command lacks it; "": it is 0 then
}

// The words of all commands. Those of one attribute that mean different things are apart.
var (
	portTypeWord = word{name: "type", typ: uapi.DEVLINK_ATTR_PORT_TYPE, read: choice16, names: portTypes,
		missing: "Port type not set."}
	countWord = word{name: "count", typ: uapi.DEVLINK_ATTR_PORT_SPLIT_COUNT, read: number32,
		missing: "Port split count option expected."}
	flavourWord = word{name: "flavour", typ: uapi.DEVLINK_ATTR_PORT_FLAVOUR, read: choice16, names: flavours,
		status:  cli.StatusUsage,
		missing: "Port flavour is expected."}
	pfnumWord = word{name: "pfnum", typ: uapi.DEVLINK_ATTR_PORT_PCI_PF_NUMBER, read: number16,
		missing: "Port PCI PF number is expected."}
	sfnumWord      = word{name: "sfnum", typ: uapi.DEVLINK_ATTR_PORT_PCI_SF_NUMBER, read: number32}
	controllerWord = word{name: "controller", typ: uapi.DEVLINK_ATTR_PORT_CONTROLLER_NUMBER, read: number32}

	hwAddrWord = word{name: "hw_addr", typ: uapi.DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR, read: lladdr,
		nest: uapi.DEVLINK_ATTR_PORT_FUNCTION}
	fnStateWord = word{name: "state", typ: uapi.DEVLINK_PORT_FN_ATTR_STATE, read: choice8, names: fnStates,
		status: cli.StatusUsage,
		nest:   uapi.DEVLINK_ATTR_PORT_FUNCTION}
	roceWord = word{name: "roce", typ: uapi.DEVLINK_PORT_FN_ATTR_CAPS, read: onOffBit,
		bit: uapi.DEVLINK_PORT_FN_CAP_ROCE, nest: uapi.DEVLINK_ATTR_PORT_FUNCTION}
	migratableWord = word{name: "migratable", typ: uapi.DEVLINK_PORT_FN_ATTR_CAPS, read: onOffBit,
		bit: uapi.DEVLINK_PORT_FN_CAP_MIGRATABLE, nest: uapi.DEVLINK_ATTR_PORT_FUNCTION}
	ipsecCryptoWord = word{name: "ipsec_crypto", typ: uapi.DEVLINK_PORT_FN_ATTR_CAPS, read: onOffBit,
		bit: uapi.DEVLINK_PORT_FN_CAP_IPSEC_CRYPTO, nest: uapi.DEVLINK_ATTR_PORT_FUNCTION}
	ipsecPacketWord = word{name: "ipsec_packet", typ: uapi.DEVLINK_PORT_FN_ATTR_CAPS, read: onOffBit,
		bit: uapi.DEVLINK_PORT_FN_CAP_IPSEC_PACKET, nest: uapi.DEVLINK_ATTR_PORT_FUNCTION}
	maxIOEQsWord = word{name: "max_io_eqs", typ: uapi.DEVLINK_PORT_FN_ATTR_MAX_IO_EQS, read: number32,
		nest: uapi.DEVLINK_ATTR_PORT_FUNCTION}

	modeWord       = word{name: "mode", typ: uapi.DEVLINK_ATTR_ESWITCH_MODE, read: choice16, names: eswitchModes}
	inlineModeWord = word{name: "inline-mode", typ: uapi.DEVLINK_ATTR_ESWITCH_INLINE_MODE, read: choice8,
		names: inlineModes}
	encapModeWord = word{name: "encap-mode", typ: uapi.DEVLINK_ATTR_ESWITCH_ENCAP_MODE, read: encapMode}

	paramNameWord = word{name: "name", typ: uapi.DEVLINK_ATTR_PARAM_NAME, read: text,
		missing: "Parameter name expected."}
	paramValueWord = word{name: "value", typ: uapi.DEVLINK_ATTR_PARAM_VALUE_DATA, read: keep,
		missing: "Value to set expected."}
	cmodeWord = word{name: "cmode", typ: uapi.DEVLINK_ATTR_PARAM_VALUE_CMODE, read: choice8, names: cmodes,
		missing: "Configuration mode expected."}
	defaultWord = word{name: "default", typ: uapi.DEVLINK_ATTR_PARAM_RESET_DEFAULT, read: flag}

	netnsWord        = word{name: "netns", typ: uapi.DEVLINK_ATTR_NETNS_FD, read: namespace}
	reloadActionWord = word{name: "action", typ: uapi.DEVLINK_ATTR_RELOAD_ACTION, read: choice8, names: reloadActions}
	reloadLimitWord  = word{name: "limit", typ: uapi.DEVLINK_ATTR_RELOAD_LIMITS, read: reloadLimit}

	fileWord = word{name: "file", typ: uapi.DEVLINK_ATTR_FLASH_UPDATE_FILE_NAME, read: text,
		missing: "File to flash expected."}
	componentWord = word{name: "component", typ: uapi.DEVLINK_ATTR_FLASH_UPDATE_COMPONENT, read: text}
	overwriteWord = word{name: "overwrite", typ: uapi.DEVLINK_ATTR_FLASH_UPDATE_OVERWRITE_MASK, read: overwrite}
	selftestWord  = word{name: "id", typ: uapi.DEVLINK_ATTR_SELFTESTS, read: selftests}

	sbWord   = word{name: "sb", typ: uapi.DEVLINK_ATTR_SB_INDEX, read: number32}
	poolWord = word{name: "pool", typ: uapi.DEVLINK_ATTR_SB_POOL_INDEX, read: number16,
		missing: "Pool index option expected."}
	poolSizeWord = word{name: "size", typ: uapi.DEVLINK_ATTR_SB_POOL_SIZE, read: number32,
		missing: "Pool size option expected."}
	poolTypeWord = word{name: "type", typ: uapi.DEVLINK_ATTR_SB_POOL_TYPE, read: choice8, names: poolTypes,
		missing: "Pool type option expected."}
	thtypeWord = word{name: "thtype", typ: uapi.DEVLINK_ATTR_SB_POOL_THRESHOLD_TYPE, read: choice8,
		names: thresholdTypes, missing: "Pool threshold type option expected."}
	thWord = word{name: "th", typ: uapi.DEVLINK_ATTR_SB_THRESHOLD, read: number32,
		missing: "Threshold option expected."}
	tcWord = word{name: "tc", typ: uapi.DEVLINK_ATTR_SB_TC_INDEX, read: number16,
		missing: "TC index option expected."}

	tableWord = word{name: "name", typ: uapi.DEVLINK_ATTR_DPIPE_TABLE_NAME, read: text,
		missing: "Dpipe table name expected."}
	countersWord = word{name: "counters_enabled", typ: uapi.DEVLINK_ATTR_DPIPE_TABLE_COUNTERS_ENABLED, read: boolean8,
		missing: "Dpipe table counter state expected."}

	pathWord = word{name: "path", typ: uapi.DEVLINK_ATTR_RESOURCE_ID, read: keep, missing: "Resource path expected."}
	sizeWord = word{name: "size", typ: uapi.DEVLINK_ATTR_RESOURCE_SIZE, read: number64,
		missing: "Resource size expected."}

	snapshotWord = word{name: "snapshot", typ: uapi.DEVLINK_ATTR_REGION_SNAPSHOT_ID, read: number32,
		missing: "Region snapshot id expected."}
	addressWord = word{name: "address", typ: uapi.DEVLINK_ATTR_REGION_CHUNK_ADDR, read: number64,
		missing: "Region address value expected."}
	lengthWord = word{name: "length", typ: uapi.DEVLINK_ATTR_REGION_CHUNK_LEN, read: number64,
		missing: "Region length value expected."}

	reporterWord = word{name: "reporter", typ: uapi.DEVLINK_ATTR_HEALTH_REPORTER_NAME, read: text,
		missing: "Reporter's name is expected."}
	graceWord = word{name: "grace_period", typ: uapi.DEVLINK_ATTR_HEALTH_REPORTER_GRACEFUL_PERIOD,
		read: number64}
	burstPeriodWord = word{name: "burst_period", typ: uapi.DEVLINK_ATTR_HEALTH_REPORTER_BURST_PERIOD,
		read: number64}
	autoRecoverWord = word{name: "auto_recover", typ: uapi.DEVLINK_ATTR_HEALTH_REPORTER_AUTO_RECOVER, read: boolean8}
	autoDumpWord    = word{name: "auto_dump", typ: uapi.DEVLINK_ATTR_HEALTH_REPORTER_AUTO_DUMP, read: boolean8}

	trapWord = word{name: "trap", other: "name", typ: uapi.DEVLINK_ATTR_TRAP_NAME, read: text,
		missing: "Trap's name is expected."}
	groupWord = word{name: "group", other: "name", typ: uapi.DEVLINK_ATTR_TRAP_GROUP_NAME, read: text,
		missing: "Trap group's name is expected."}
	trapActionWord = word{name: "action", typ: uapi.DEVLINK_ATTR_TRAP_ACTION, read: choice8, names: trapActions}
	policerWord    = word{name: "policer", typ: uapi.DEVLINK_ATTR_TRAP_POLICER_ID, read: number32,
		missing: "Trap policer's number is expected."}
	noPolicerWord = word{name: "nopolicer", typ: uapi.DEVLINK_ATTR_TRAP_POLICER_ID, read: zero32}
	rateWord      = word{name: "rate", typ: uapi.DEVLINK_ATTR_TRAP_POLICER_RATE, read: number64}
	burstWord     = word{name: "burst", typ: uapi.DEVLINK_ATTR_TRAP_POLICER_BURST, read: number64}

	txShareWord    = word{name: "tx_share", typ: uapi.DEVLINK_ATTR_RATE_TX_SHARE, read: rate64}
	txMaxWord      = word{name: "tx_max", typ: uapi.DEVLINK_ATTR_RATE_TX_MAX, read: rate64}
	txPriorityWord = word{name: "tx_priority", typ: uapi.DEVLINK_ATTR_RATE_TX_PRIORITY, read: number32}
	txWeightWord   = word{name: "tx_weight", typ: uapi.DEVLINK_ATTR_RATE_TX_WEIGHT, read: number32}
	parentWord     = word{name: "parent", typ: uapi.DEVLINK_ATTR_RATE_PARENT_NODE_NAME, read: text}
	noParentWord   = word{name: "noparent", typ: uapi.DEVLINK_ATTR_RATE_PARENT_NODE_NAME, read: empty}
	tcBwWord       = word{name: "tc-bw", typ: uapi.DEVLINK_ATTR_RATE_TC_BWS, read: tcBandwidths}

	linecardWord = word{name: "lc", typ: uapi.DEVLINK_ATTR_LINECARD_INDEX, read: number32,
		missing: "Linecard index expected."}
	linecardTypeWord = word{name: "type", typ: uapi.DEVLINK_ATTR_LINECARD_TYPE, read: text,
		missing: "Linecard type expected."}
	noTypeWord = word{name: "notype", typ: uapi.DEVLINK_ATTR_LINECARD_TYPE, read: empty}
)

// args are what a command was told.
type args struct {
	*cli.Command
	handle
	own   wire.Encoder             // attributes
	nests map[uint16]*wire.Encoder // those in others
	masks map[uint16]*uapi.NlaBitfield32
	given map[uint16]bool   // the attributes that there are
	kept  map[uint16]string // values that become attributes when the device was asked
}

// nextArgs takes a handle, unless of is 0, and words. Of two words of one attribute the later holds.
func nextArgs(c *cli.Command, of kinds, words ...[]*word) (*args, error) {
	a := &args{Command: c, given: map[uint16]bool{}}
	if of != 0 {
		var err error
		if a.handle, err = nextHandle(c, of); err != nil {
			return nil, err
		}
	}
next:
	for c.More() {
		for _, list := range words {
			for _, w := range list {
				if !c.TakeAbbr(w.name) && (w.other == "" || !c.TakeAbbr(w.other)) {
					continue
				}
				if err := w.read(a, w, a.encoder(w)); err != nil {
					return nil, err
				}
				a.given[w.typ] = true
				continue next
			}
		}
		return nil, failed("Unknown option %q", c.Peek())
	}
	return a, nil
}

// encoder is where the attribute of a word goes.
func (a *args) encoder(w *word) *wire.Encoder {
	if w.nest == 0 {
		return &a.own
	}
	if a.nests == nil {
		a.nests = map[uint16]*wire.Encoder{}
	}
	if a.nests[w.nest] == nil {
		a.nests[w.nest] = &wire.Encoder{}
	}
	return a.nests[w.nest]
}

// lacks is the error for words that a command needs and has not got, nil where it has all.
func (a *args) lacks(need []*word) error {
	var lines []string
	for _, w := range need {
		if !a.given[w.typ] && w.missing != "" {
			lines = append(lines, w.missing)
		}
	}
	if lines == nil {
		return nil
	}
	return failed("%s", strings.Join(lines, "\n"))
}

// defaults adds the words that stand for 0 where they are not given.
func (a *args) defaults(need []*word) {
	for _, w := range need {
		if !a.given[w.typ] && w.missing == "" {
			a.own.Uint32(w.typ, 0)
		}
	}
}

// put adds all attributes.
func (a *args) put(r *wire.Request) {
	a.handle.put(r)
	r.Fail(a.own.Err())
	b := a.own.Bytes()
	copy(r.Raw(len(b)), b)
	for typ, e := range a.nests {
		r.Fail(e.Err())
		r.Nest(typ | uapi.NLA_F_NESTED)
		b := e.Bytes()
		copy(r.Raw(len(b)), b)
		r.End()
	}
}

// attrs are the attributes that are in no nest.
func (a *args) attrs() desc.Attrs { return desc.ParseAttrs(a.own.Bytes()) }

// value takes the word behind a keyword.
func (a *args) value(w *word) (string, error) {
	if !a.More() {
		return "", failed("%q needs a value", w.name)
	}
	return a.Next()
}

// number reads a number in decimal. One of 64 bits may be -1, the largest.
func number(word string, bits int) (uint64, error) {
	s := strings.TrimLeft(word, " \t")
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n < 0 && bits == 64 {
		return uint64(n), nil
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), 10, bits)
	if err != nil {
		return 0, failed("%q is not a number or not within range", word)
	}
	return n, nil
}

func (a *args) number(w *word, bits int) (uint64, error) {
	v, err := a.value(w)
	if err != nil {
		return 0, err
	}
	return number(v, bits)
}

func number16(a *args, w *word, e *wire.Encoder) error {
	n, err := a.number(w, 16)
	e.Uint16(w.typ, uint16(n))
	return err
}

func number32(a *args, w *word, e *wire.Encoder) error {
	n, err := a.number(w, 32)
	e.Uint32(w.typ, uint32(n))
	return err
}

func number64(a *args, w *word, e *wire.Encoder) error {
	n, err := a.number(w, 64)
	e.Uint64(w.typ, n)
	return err
}

func zero32(_ *args, w *word, e *wire.Encoder) error {
	e.Uint32(w.typ, 0)
	return nil
}

func text(a *args, w *word, e *wire.Encoder) error {
	v, err := a.value(w)
	e.String(w.typ, v)
	return err
}

func keep(a *args, w *word, _ *wire.Encoder) (err error) {
	if a.kept == nil {
		a.kept = map[uint16]string{}
	}
	a.kept[w.typ], err = a.value(w)
	return err
}

func empty(_ *args, w *word, e *wire.Encoder) error {
	e.String(w.typ, "")
	return nil
}

func flag(_ *args, w *word, e *wire.Encoder) error {
	e.Flag(w.typ)
	return nil
}

// choice takes the name of a number.
func (a *args) choice(w *word) (int, error) {
	v, err := a.value(w)
	if err != nil {
		return 0, err
	}
	for i, name := range w.names {
		if name == v && v != "" {
			return i, nil
		}
	}
	err = failed("Unknown %s %q", w.name, v)
	if w.status != 0 {
		err = a.Exactly(w.status, err)
	}
	return 0, err
}

func choice8(a *args, w *word, e *wire.Encoder) error {
	n, err := a.choice(w)
	e.Uint8(w.typ, uint8(n))
	return err
}

func choice16(a *args, w *word, e *wire.Encoder) error {
	n, err := a.choice(w)
	e.Uint16(w.typ, uint16(n))
	return err
}

// truth reads a truth value; a beginning of each word is enough.
func truth(v string) (bool, error) {
	for i, name := range []string{"false", "true", "0", "1", "disable", "enable"} {
		if v != "" && strings.HasPrefix(name, v) {
			return i%2 == 1, nil
		}
	}
	return false, failed("%q is not a valid boolean value", v)
}

func (a *args) truth(w *word) (bool, error) {
	v, err := a.value(w)
	if err != nil {
		return false, err
	}
	return truth(v)
}

func boolean8(a *args, w *word, e *wire.Encoder) error {
	on, err := a.truth(w)
	n := uint8(0)
	if on {
		n = 1
	}
	e.Uint8(w.typ, n)
	return err
}

// onOffBit takes a truth value that is one bit of an attribute.
func onOffBit(a *args, w *word, e *wire.Encoder) error {
	on, err := a.truth(w)
	a.mask(w, e, w.bit, on)
	return err
}

// mask sets one bit of an attribute that several words may be about.
func (a *args) mask(w *word, e *wire.Encoder, bit uint32, on bool) {
	if a.masks == nil {
		a.masks = map[uint16]*uapi.NlaBitfield32{}
	}
	m := a.masks[w.typ]
	if m == nil {
		m = &uapi.NlaBitfield32{}
		a.masks[w.typ] = m
	}
	m.Selector |= bit
	m.Value &^= bit
	if on {
		m.Value |= bit
	}
	e.Struct(w.typ, uapi.SizeofNlaBitfield32, m) // the last one holds
}

func lladdr(a *args, w *word, e *wire.Encoder) error {
	v, err := a.value(w)
	if err != nil {
		return err
	}
	b, err := cli.ParseLLAddr(v)
	e.Data(w.typ, b)
	return err
}

// encapMode takes whether tunnels are ended; "enable" and "disable" are what it was once.
func encapMode(a *args, w *word, e *wire.Encoder) error {
	v, err := a.value(w)
	switch {
	case err != nil:
	case v == "none" || v == "disable":
		e.Uint8(w.typ, uapi.DEVLINK_ESWITCH_ENCAP_MODE_NONE)
	case v == "basic" || v == "enable":
		e.Uint8(w.typ, uapi.DEVLINK_ESWITCH_ENCAP_MODE_BASIC)
	default:
		err = failed("Unknown %s %q", w.name, v)
	}
	return err
}

// namespace takes the name or the path of a namespace, or the number of a process in it.
func namespace(a *args, w *word, e *wire.Encoder) error {
	v, err := a.value(w)
	if err != nil {
		return err
	}
	ns, err := a.OpenNetNS(v)
	if err == nil {
		e.Uint32(w.typ, uint32(ns))
		return nil
	}
	pid, perr := strconv.ParseUint(v, 10, 32)
	if perr != nil {
		return failed("Cannot open network namespace %q: %s", v, cli.Cause(err))
	}
	e.Uint32(uapi.DEVLINK_ATTR_NETNS_PID, uint32(pid))
	return nil
}

func reloadLimit(a *args, w *word, e *wire.Encoder) error {
	v, err := a.value(w)
	if err != nil {
		return err
	}
	if v != reloadLimits[uapi.DEVLINK_RELOAD_LIMIT_NO_RESET] {
		return failed("Unknown reload limit %q", v)
	}
	e.Struct(w.typ, uapi.SizeofNlaBitfield32, &uapi.NlaBitfield32{
		Selector: uapi.DEVLINK_RELOAD_LIMITS_VALID_MASK, Value: 1 << uapi.DEVLINK_RELOAD_LIMIT_NO_RESET})
	return nil
}

// overwrite takes a section of a flash memory that is not kept.
func overwrite(a *args, w *word, e *wire.Encoder) error {
	v, err := a.value(w)
	switch {
	case err != nil:
		return err
	case v == "settings":
		a.mask(w, e, uapi.DEVLINK_FLASH_OVERWRITE_SETTINGS, true)
	case v == "identifiers":
		a.mask(w, e, uapi.DEVLINK_FLASH_OVERWRITE_IDENTIFIERS, true)
	default:
		return failed("Unknown overwrite section %q", v)
	}
	return nil
}

// selftests takes names of tests to the end of the line.
func selftests(a *args, w *word, e *wire.Encoder) error {
	e.Nest(w.typ | uapi.NLA_F_NESTED)
	defer e.End()
	for a.More() {
		v, err := a.value(w)
		if err != nil {
			return err
		}
		if v != selftestNames[uapi.DEVLINK_ATTR_SELFTEST_ID_FLASH] {
			return failed("Unknown selftest %q", v)
		}
		e.Flag(uapi.DEVLINK_ATTR_SELFTEST_ID_FLASH)
	}
	return nil
}

func rate64(a *args, w *word, e *wire.Encoder) error {
	v, err := a.value(w)
	if err != nil {
		return err
	}
	n, ok := desc.ParseRate(v)
	if !ok {
		return failed("Invalid rate value: %q", v)
	}
	e.Uint64(w.typ, n)
	return nil
}

// tcBandwidths takes the shares of all traffic classes: 0:60 1:40 2:0 … 7:0.
func tcBandwidths(a *args, w *word, e *wire.Encoder) error {
	var shares [uapi.DEVLINK_RATE_TCS_MAX]uint32
	var seen [uapi.DEVLINK_RATE_TCS_MAX]bool
	for range shares {
		v, err := a.value(w)
		if err != nil {
			return failed("tc-bw needs INDEX:SHARE of %d traffic classes: 0:60 1:10 2:0 3:0 4:30 5:0 6:0 7:0", len(shares))
		}
		class, share, _ := strings.Cut(v, ":")
		i, err := strconv.ParseUint(class, 10, 32)
		if err != nil || i >= uint64(len(shares)) || seen[i] {
			return failed("%q is no traffic class of 0 to %d, or one that was given before", class, len(shares)-1)
		}
		n, err := number(share, 32)
		if err != nil {
			return err
		}
		shares[i], seen[i] = uint32(n), true
	}
	for i, n := range shares {
		e.Nest(w.typ | uapi.NLA_F_NESTED)
		e.Uint8(uapi.DEVLINK_RATE_TC_ATTR_INDEX, uint8(i))
		e.Uint32(uapi.DEVLINK_RATE_TC_ATTR_BW, n)
		e.End()
	}
	return nil
}
