package ip

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// xfrmAlgo is a sort of algorithm.
type xfrmAlgo struct {
	word   string
	typ    uint16
	size   int    // of the structure before the key
	number string // what is behind the key
	taken  func(w *xfrmStateWords) bool
	given  func(w *xfrmStateWords) *bool
}

// xfrmAlgos are the algorithms that a state may have.
var xfrmAlgos = []xfrmAlgo{
	{word: "enc", typ: uapi.XFRMA_ALG_CRYPT, size: uapi.SizeofXfrmAlgo,
		taken: func(w *xfrmStateWords) bool { return w.enc || w.aead },
		given: func(w *xfrmStateWords) *bool { return &w.enc }},
	{word: "auth", typ: uapi.XFRMA_ALG_AUTH, size: uapi.SizeofXfrmAlgo,
		taken: func(w *xfrmStateWords) bool { return w.auth || w.aead },
		given: func(w *xfrmStateWords) *bool { return &w.auth }},
	{word: "comp", typ: uapi.XFRMA_ALG_COMP, size: uapi.SizeofXfrmAlgo,
		taken: func(w *xfrmStateWords) bool { return w.comp }, given: func(w *xfrmStateWords) *bool { return &w.comp }},
	{word: "aead", typ: uapi.XFRMA_ALG_AEAD, size: uapi.SizeofXfrmAlgoAead, number: "ALGO-ICV-LEN",
		taken: func(w *xfrmStateWords) bool { return w.enc || w.auth || w.aead },
		given: func(w *xfrmStateWords) *bool { return &w.aead }},
	{word: "auth-trunc", typ: uapi.XFRMA_ALG_AUTH_TRUNC, size: uapi.SizeofXfrmAlgoAuth, number: "ALGO-TRUNC-LEN",
		taken: func(w *xfrmStateWords) bool { return w.auth || w.aead },
		given: func(w *xfrmStateWords) *bool { return &w.auth }},
}

// nextXfrmAlgo takes an algorithm, and its key.
func nextXfrmAlgo(c *cli.Command, w *xfrmStateWords, a *xfrmAlgo) error {
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case a.taken(w):
		return desc.Duplicate("ALGO-TYPE", word)
	}
	*a.given(w) = true
	if !c.More() {
		return missing("ALGO-NAME")
	}
	var alg uapi.XfrmAlgoAuth // begins as the others do
	name, err := c.Next()
	switch {
	case err != nil:
		return err
	case len(name) >= len(alg.Name):
		return desc.Wrong(unlessKey(name[:len(alg.Name)]), "ALGO-NAME value is invalid")
	}
	copy(alg.Name[:], name)
	var key []byte
	if a.typ != uapi.XFRMA_ALG_COMP {
		if key, err = nextXfrmKey(c); err != nil {
			return err
		}
		defer clear(key)
	}
	if a.number != "" {
		if !c.More() {
			return missing(a.number)
		}
		word, err := c.Next()
		if err != nil {
			return err
		}
		n, err := desc.ParseUint(word, 32)
		if err != nil {
			return desc.Wrong(unlessKey(word), a.number+" value is invalid")
		}
		alg.TruncLen = uint32(n)
	}
	alg.KeyLen = uint32(8 * len(key))
	b := w.r.Reserve(a.typ, a.size+len(key))
	var whole [uapi.SizeofXfrmAlgoAuth]byte
	alg.Put(whole[:])
	copy(b[:a.size], whole[:])
	copy(b[a.size:], key)
	return nil
}

// maxXfrmKey is the most bytes that ip takes as a key.
const maxXfrmKey = 512

// nextXfrmKey takes a key: bytes in hexadecimal behind 0x, or characters. It is not in an error, unlike
// with ip.
func nextXfrmKey(c *cli.Command) ([]byte, error) {
	if !c.More() {
		return nil, missing("ALGO-KEYMAT")
	}
	word, err := c.Next()
	if err != nil {
		return nil, err
	}
	digits, isHex := strings.CutPrefix(word, "0x")
	if !isHex || digits == "" {
		if len(word) > maxXfrmKey {
			return nil, desc.Wrong(hiddenKey, "ALGO-KEYMAT value makes buffer overflow\n")
		}
		return []byte(word), nil
	}
	key := make([]byte, (len(digits)+1)/2)
	if len(key) > maxXfrmKey {
		return nil, desc.Wrong(hiddenKey, "ALGO-KEYMAT value makes buffer overflow\n")
	}
	for i := range len(digits) {
		n, ok := hexDigit(digits[i])
		if !ok {
			clear(key)
			return nil, desc.Wrong(hiddenKey, "ALGO-KEYMAT value is invalid")
		}
		at := i + len(digits)%2 // of an odd number of digits the first byte has one
		key[at/2] = key[at/2]<<4 | n
	}
	return key, nil
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// hiddenKey stands for a key in what is shown.
const hiddenKey = "<<Keys hidden>>"

// unlessKey is a word for an error, or what stands for one that may be a key: it is longer than a number.
func unlessKey(word string) string {
	if strings.HasPrefix(word, "0x") && len(word) > len("0xffffffff") {
		return hiddenKey
	}
	return word
}

// check reports what is missing in the words of a state, and what does not go together.
func (w *xfrmStateWords) check() error {
	esn := w.info.Flags&uapi.XFRM_STATE_ESN != 0
	switch {
	case esn && w.window.value == 0 && w.dir != uapi.XFRM_SA_DIR_OUT:
		return cli.Exit(cli.StatusUsage, "Error: esn flag set without replay-window.")
	case w.window.value > uapi.XFRMA_REPLAY_ESN_MAX:
		return cli.Exit(cli.StatusUsage, "Error: replay-window (%d) > XFRMA_REPLAY_ESN_MAX (%d).", w.window.value,
			uapi.XFRMA_REPLAY_ESN_MAX)
	case !w.hasID:
		return required("ID is required")
	}
	proto := xfrmProtoName(w.id.proto)
	fail := func(format string, args ...any) error { return cli.Exit(cli.StatusFailed, format, args...) }
	if !ofIPsec(w.id.proto) {
		if w.enc || w.auth || w.aead || w.comp {
			return fail("ALGO is invalid with XFRM-PROTO value %q", proto)
		}
		return w.checkMobility(proto)
	}
	switch m := w.info.Mode; {
	case m == uapi.XFRM_MODE_TRANSPORT, m == uapi.XFRM_MODE_TUNNEL:
	case (m == uapi.XFRM_MODE_BEET || m == uapi.XFRM_MODE_IPTFS) && w.id.proto == uapi.IPPROTO_ESP:
	default:
		return fail("MODE value is invalid with XFRM-PROTO value %q", proto)
	}
	switch w.id.proto {
	case uapi.IPPROTO_ESP:
		if w.comp {
			return fail("ALGO-TYPE value \"comp\" is invalid with XFRM-PROTO value %q", proto)
		}
		if !w.enc && !w.aead {
			return fail("ALGO-TYPE value \"enc\" or \"aead\" is required with XFRM-PROTO value %q", proto)
		}
	case uapi.IPPROTO_AH:
		if w.enc || w.aead || w.comp {
			return fail("ALGO-TYPE values \"enc\", \"aead\", and \"comp\" are invalid with XFRM-PROTO value %q", proto)
		}
		if !w.auth {
			return fail("ALGO-TYPE value \"auth\" or \"auth-trunc\" is required with XFRM-PROTO value %q", proto)
		}
	case uapi.IPPROTO_COMP:
		if w.enc || w.auth || w.aead {
			return fail("ALGO-TYPE values \"enc\", \"auth\", \"auth-trunc\", and \"aead\" are invalid with XFRM-PROTO value %q",
				proto)
		}
		if !w.comp {
			return fail("ALGO-TYPE value \"comp\" is required with XFRM-PROTO value %q", proto)
		}
	}
	return w.checkMobility(proto)
}

// checkMobility is about what only Mobile IPv6 has.
func (w *xfrmStateWords) checkMobility(proto string) error {
	fail := func(format string) error { return cli.Exit(cli.StatusFailed, format, proto) }
	if !ofMobility(w.id.proto) {
		if w.coa {
			return fail("\"coa\" is invalid with XFRM-PROTO value %q")
		}
		return nil
	}
	switch w.info.Mode {
	case uapi.XFRM_MODE_ROUTEOPTIMIZATION, uapi.XFRM_MODE_IN_TRIGGER:
	case 0:
		return fail("\"mode\" is required with XFRM-PROTO value %q")
	default:
		return fail("MODE value is invalid with XFRM-PROTO value %q")
	}
	if !w.coa {
		return fail("\"coa\" is required with XFRM-PROTO value %q")
	}
	return nil
}
