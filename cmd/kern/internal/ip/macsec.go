package ip

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func macsecUsage() string {
	return `
macsec add DEV tx sa { 0..3 } [ OPTS ] key ID KEY
macsec set DEV tx sa { 0..3 } [ OPTS ]
macsec del DEV tx sa { 0..3 }
macsec { add | set } DEV rx SCI [ on | off ]
macsec del DEV rx SCI
macsec add DEV rx SCI sa { 0..3 } [ OPTS ] key ID KEY
macsec set DEV rx SCI sa { 0..3 } [ OPTS ]
macsec del DEV rx SCI sa { 0..3 }
macsec show [ DEV ]
macsec offload DEV { off | phy | mac }
OPTS := [ pn NUMBER | xpn NUMBER ] [ salt SALT ] [ ssci SSCI ] [ on | off ]
SCI := { sci SCI | port PORT address LLADDR }
`
}

// macsecVerb is what is done with a channel or an association, and the commands for it.
type macsecVerb struct {
	verb             byte // 'a'dd, 's'et or 'd'elete
	txSA, rxSC, rxSA uint8
}

var (
	addMacsec = macsecVerb{'a', uapi.MACSEC_CMD_ADD_TXSA, uapi.MACSEC_CMD_ADD_RXSC, uapi.MACSEC_CMD_ADD_RXSA}
	setMacsec = macsecVerb{'s', uapi.MACSEC_CMD_UPD_TXSA, uapi.MACSEC_CMD_UPD_RXSC, uapi.MACSEC_CMD_UPD_RXSA}
	delMacsec = macsecVerb{'d', uapi.MACSEC_CMD_DEL_TXSA, uapi.MACSEC_CMD_DEL_RXSC, uapi.MACSEC_CMD_DEL_RXSA}
)

var macsecFamily = cli.GenlFamily{Name: uapi.MACSEC_GENL_NAME, Version: uapi.MACSEC_GENL_VERSION}

// runMacsec is about the channels and keys of macsec devices. It asks the kernel for the family first, as ip does.
func runMacsec(c *cli.Command) error {
	if !c.More() || c.HelpAsked() {
		return c.ShowUsage()
	}
	if _, err := c.GenlRequest(macsecFamily, uapi.MACSEC_CMD_GET_TXSC); err != nil {
		return err
	}
	return c.Choose(nil,
		cli.Verb{Name: "show", Run: func(c *cli.Command) error { return listMacsec(c) }},
		cli.Verb{Name: "add", Run: func(c *cli.Command) error { return changeMacsec(c, addMacsec) }},
		cli.Verb{Name: "set", Run: func(c *cli.Command) error { return changeMacsec(c, setMacsec) }},
		cli.Verb{Name: "delete", Run: func(c *cli.Command) error { return changeMacsec(c, delMacsec) }},
		cli.Verb{Name: "offload", Run: func(c *cli.Command) error { return offloadMacsec(c) }},
	)
}

// nextMacsecDevice takes the name of a device.
func nextMacsecDevice(c *cli.Command) (int, error) {
	word, err := c.Next()
	if err != nil {
		return 0, c.ShowUsage()
	}
	info := c.LinkNamed(word)
	if info == nil {
		return 0, cli.NoSuchDevice(word)
	}
	return info.Index, nil
}

func offloadMacsec(c *cli.Command) error {
	index, err := nextMacsecDevice(c)
	if err != nil {
		return err
	}
	modes := [...]string{uapi.MACSEC_OFFLOAD_OFF: "off", uapi.MACSEC_OFFLOAD_PHY: "phy", uapi.MACSEC_OFFLOAD_MAC: "mac"}
	for mode, name := range modes {
		if !c.Take(name) {
			continue
		}
		r, err := c.GenlRequest(macsecFamily, uapi.MACSEC_CMD_UPD_OFFLOAD)
		if err != nil {
			return err
		}
		r.Int32(uapi.MACSEC_ATTR_IFINDEX, int32(index))
		r.Nest(uapi.MACSEC_ATTR_OFFLOAD)
		r.Uint8(uapi.MACSEC_OFFLOAD_ATTR_TYPE, uint8(mode))
		r.End()
		return c.Exec(r)
	}
	if word, err := c.Next(); err == nil {
		return cli.Exit(255, "Error: argument of \"offload\" must be one of \"off\", \"phy\", \"mac\", not %q", word)
	}
	return c.ShowUsage()
}

func changeMacsec(c *cli.Command, v macsecVerb) error {
	index, err := nextMacsecDevice(c)
	if err != nil {
		return err
	}
	tx := c.Take("tx")
	if !tx && !c.Take("rx") {
		return c.ShowUsage()
	}
	var channel *macsecChannel
	if !tx {
		if channel, err = nextMacsecChannel(c); err != nil {
			return err
		}
	}
	sa, err := nextMacsecAN(c)
	if err != nil {
		return err
	}
	if sa == nil && tx {
		return c.ShowUsage()
	}
	if v.verb != 'd' { // words behind a deletion are passed over, as by ip
		if sa != nil {
			err = sa.read(c, v.verb)
		} else {
			err = nextMacsecState(c, &channel.active)
		}
		if err != nil {
			return err
		}
	}
	cmd := v.txSA
	switch {
	case !tx && sa != nil:
		cmd = v.rxSA
	case !tx:
		cmd = v.rxSC
	}
	r, err := c.GenlRequest(macsecFamily, cmd)
	if err != nil {
		return err
	}
	r.Int32(uapi.MACSEC_ATTR_IFINDEX, int32(index))
	if channel != nil {
		r.Nest(uapi.MACSEC_ATTR_RXSC_CONFIG)
		r.BE64(uapi.MACSEC_RXSC_ATTR_SCI, channel.sci)
		if channel.active.given {
			r.Uint8(uapi.MACSEC_RXSC_ATTR_ACTIVE, channel.active.value)
		}
		r.End()
	}
	if sa != nil {
		sa.put(r)
	}
	return c.Exec(r)
}

// macsecChannel is a channel that is received.
type macsecChannel struct {
	sci    uint64
	active choice[uint8]
}

func nextMacsecChannel(c *cli.Command) (*macsecChannel, error) {
	var addr []byte
	var port uint16
	for addr == nil || port == 0 {
		switch {
		case !c.More():
			return nil, cli.Exit(cli.StatusUsage, "expected sci\n%v", c.ShowUsage())
		case c.Take("sci"):
			switch {
			case port != 0:
				return nil, desc.Wrong("sci", "expected address")
			case addr != nil:
				return nil, desc.Wrong("sci", "expected port")
			}
			word, err := c.Next()
			if err != nil {
				return nil, err
			}
			sci, err := desc.ParseHex(word, 64)
			if err != nil {
				return nil, desc.Wrong(word, "expected sci")
			}
			return &macsecChannel{sci: sci}, nil
		case c.Take("port"):
			n, err := c.Uint(16, "expected port")
			switch {
			case err != nil:
				return nil, err
			case n == 0:
				return nil, desc.Wrong(c.Last(), "expected port != 0")
			}
			port = uint16(n)
		case c.Take("address"):
			word, err := c.Next()
			if err != nil {
				return nil, err
			}
			b, err := cli.ParseLLAddr(word)
			if err != nil || len(b) > 6 {
				return nil, desc.Wrong(word, "expected lladdr")
			}
			addr = append(b, make([]byte, 6-len(b))...)
		default:
			return nil, desc.Wrong(c.Peek(), "expected sci, port, or address")
		}
	}
	return &macsecChannel{sci: binary.BigEndian.Uint64(binary.BigEndian.AppendUint16(addr, port))}, nil
}

// macsecSA are the words of an association.
type macsecSA struct {
	an      uint8
	pn      uint64
	xpn     bool
	salt    []byte
	ssci    choice[uint32]
	id, key []byte
	active  choice[uint8]
}

// nextMacsecAN reads "sa" and the number of an association, which need not be there.
func nextMacsecAN(c *cli.Command) (*macsecSA, error) {
	if !c.Take("sa") {
		return nil, nil
	}
	n, err := c.Uint(8, "expected an { 0..3 }")
	if err == nil && n > 3 {
		err = desc.Wrong(c.Last(), "expected an { 0..3 }")
	}
	return &macsecSA{an: uint8(n)}, err
}

func (sa *macsecSA) read(c *cli.Command, verb byte) error {
	for c.More() {
		if err := sa.word(c); err != nil {
			return err
		}
	}
	switch {
	case verb == 'a' && sa.key == nil:
		return cli.Exit(cli.StatusFailed, "cannot create SA without key")
	case verb == 'a' && sa.pn == 0:
		return cli.Exit(cli.StatusFailed, "must specify a packet number != 0")
	case verb == 's' && sa.key != nil:
		return cli.Exit(cli.StatusFailed, "cannot change key on SA")
	}
	return nil
}

func (sa *macsecSA) word(c *cli.Command) (err error) {
	switch {
	case c.Take("pn", "xpn"):
		word, bits := c.Last(), 32
		if word == "xpn" {
			bits = 64
		}
		if sa.pn != 0 {
			return cli.Garbage(word, word)
		}
		sa.pn, err = c.Uint(bits, "expected pn")
		if err == nil && sa.pn == 0 {
			err = desc.Wrong(c.Last(), "expected pn != 0")
		}
		sa.xpn = sa.xpn || bits > 32
	case c.Take("salt"):
		if sa.salt != nil {
			return cli.Garbage("salt", "salt")
		}
		sa.salt, err = nextHexBytes(c, uapi.MACSEC_SALT_LEN, "expected salt")
		sa.salt = append(sa.salt, make([]byte, uapi.MACSEC_SALT_LEN-len(sa.salt))...)
	case c.Take("ssci"):
		if sa.ssci.given {
			return cli.Garbage("ssci", "ssci")
		}
		word, err := c.Next()
		if err != nil {
			return err
		}
		n, err := desc.ParseHex(word, 32)
		if err != nil {
			return desc.Wrong(word, "expected ssci")
		}
		sa.ssci.set(uint32(n))
	case c.Take("key"):
		if sa.id, err = nextHexBytes(c, uapi.MACSEC_KEYID_LEN, "expected key id"); err != nil {
			return err
		}
		sa.id = append(sa.id, make([]byte, uapi.MACSEC_KEYID_LEN-len(sa.id))...)
		given := c.More()
		if sa.key, err = nextHexBytes(c, uapi.MACSEC_MAX_KEY_LEN, "expected key"); err != nil && given {
			err = desc.Wrong(hiddenKey, "expected key") // ip shows it
		}
	default:
		return nextMacsecOnOff(c, &sa.active)
	}
	return err
}

// nextMacsecState reads the words of a channel to the end.
func nextMacsecState(c *cli.Command, active *choice[uint8]) error {
	for c.More() {
		if err := nextMacsecOnOff(c, active); err != nil {
			return err
		}
	}
	return nil
}

func nextMacsecOnOff(c *cli.Command, active *choice[uint8]) error {
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case word != "on" && word != "off":
		return cli.Exit(cli.StatusUsage, "macsec: unknown command \"%s\"?\n%v", word, c.ShowUsage())
	case active.given:
		return cli.Garbage("on/off", word)
	}
	active.set(0)
	if word == "on" {
		active.set(1)
	}
	return nil
}

// nextHexBytes reads at most size bytes in hexadecimal.
func nextHexBytes(c *cli.Command, size int, why string) ([]byte, error) {
	word, err := c.Next()
	if err != nil {
		return nil, err
	}
	b, err := hex.DecodeString(word)
	if err != nil || len(b) == 0 || len(b) > size {
		return make([]byte, size), desc.Wrong(word, why)
	}
	return b, nil
}

func (sa *macsecSA) put(r *wire.Request) {
	r.HoldsSecret()
	r.Nest(uapi.MACSEC_ATTR_SA_CONFIG)
	r.Uint8(uapi.MACSEC_SA_ATTR_AN, sa.an)
	switch {
	case sa.xpn:
		r.Uint64(uapi.MACSEC_SA_ATTR_PN, sa.pn)
		if sa.salt != nil {
			r.Data(uapi.MACSEC_SA_ATTR_SALT, sa.salt)
		}
		if sa.ssci.given {
			r.BE32(uapi.MACSEC_SA_ATTR_SSCI, sa.ssci.value)
		}
	case sa.pn > math.MaxUint32:
		r.Fail(fmt.Errorf("packet number %d is larger than %d", sa.pn, uint32(math.MaxUint32)))
	case sa.pn != 0:
		r.Uint32(uapi.MACSEC_SA_ATTR_PN, uint32(sa.pn))
	}
	if sa.key != nil {
		r.Data(uapi.MACSEC_SA_ATTR_KEYID, sa.id)
		r.Data(uapi.MACSEC_SA_ATTR_KEY, sa.key)
		clear(sa.key)
	}
	if sa.active.given {
		r.Uint8(uapi.MACSEC_SA_ATTR_ACTIVE, sa.active.value)
	}
	r.End()
}
