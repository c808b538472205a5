package ip

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func srUsage() string {
	return `
sr hmac show
sr hmac set KEYID { sha1 | sha256 }
sr tunsrc show
sr tunsrc set ADDRESS
`
}

// runSR is about segment routing: keys of HMACs, and the source address of outer headers.
func runSR(c *cli.Command) error {
	if !c.More() || c.HelpAsked() {
		return c.ShowUsage()
	}
	hmac := c.TakeAbbr("hmac")
	if !hmac && !c.TakeAbbr("tunsrc") {
		return desc.Wrong(c.Peek(), "unknown")
	}
	if !c.More() {
		return desc.Incomplete()
	}
	show := c.TakeAbbr("show")
	if !show && !c.TakeAbbr("set") {
		return desc.Wrong(c.Peek(), "unknown")
	}
	switch {
	case hmac && show:
		return showHMACs(c)
	case hmac:
		return setHMAC(c)
	case show:
		return showTunsrc(c)
	}
	return setTunsrc(c)
}

var seg6Family = cli.GenlFamily{Name: uapi.SEG6_GENL_NAME, Version: uapi.SEG6_GENL_VERSION}

// failed is the kernel's refusal with the status that ip has for it with some objects.
func failed(c *cli.Command, err error) error {
	if err == nil {
		return nil
	}
	text, _ := c.Explain(err)
	return cli.Exit(cli.StatusFailed, "%s", text)
}

func showHMACs(c *cli.Command) error {
	r, err := c.GenlRequest(seg6Family, uapi.SEG6_CMD_DUMPHMAC)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusFailed, c.Dump(r, func(m wire.Message) error {
			showHMAC(c.Out, cli.GenlAttrs(m))
			return c.Spill()
		}))
	})
}

func showHMAC(p *desc.Printer, attrs desc.Attrs) {
	algorithm := "<unknown>"
	for _, a := range hmacAlgorithms {
		if a.id == cli.Number8(attrs[uapi.SEG6_ATTR_ALGID]) {
			algorithm = a.name
		}
	}
	secret := attrs[uapi.SEG6_ATTR_SECRET]
	p.Object("")
	p.Uint("hmac", "hmac %d ", uint64(cli.Number32(attrs[uapi.SEG6_ATTR_HMACKEYID])))
	p.Str("algo", "algo %s ", algorithm)
	ShowUnknown(p, "%s ", attrs, uapi.SEG6_ATTR_MAX)
	p.Str("secret", "secret \"%s\"\n", cli.Text(secret[:min(len(secret),
		int(cli.Number8(attrs[uapi.SEG6_ATTR_SECRETLEN])))]))
	p.EndObject()
}

// hmacAlgorithms are those that the kernel has.
var hmacAlgorithms = [...]struct {
	name string
	id   uint8
}{
	{"sha1", uapi.SEG6_HMAC_ALGO_SHA1},
	{"sha256", uapi.SEG6_HMAC_ALGO_SHA256},
}

// setHMAC is "sr hmac set". The key is a line of the standard input, so that it is in no list of processes; an empty
// one deletes the key.
func setHMAC(c *cli.Command) error {
	key, err := c.Uint(32, "hmac KEYID value is invalid")
	switch {
	case err != nil:
		return err
	case key == 0:
		return desc.Wrong(c.Last(), "hmac KEYID value is invalid")
	}
	word, err := c.Next()
	if err != nil {
		return err
	}
	var algorithm uint8
	for _, a := range hmacAlgorithms {
		if a.name == word {
			algorithm = a.id
		}
	}
	if algorithm == 0 {
		return desc.Wrong(word, "hmac ALGO value is invalid")
	}
	secret, err := readSecret(c, "Enter secret for HMAC key ID (blank to delete): ")
	switch {
	case err != nil:
		return err
	case len(secret) > math.MaxUint8:
		return cli.Exit(cli.StatusFailed, "the secret has %d bytes, more than %d", len(secret), math.MaxUint8)
	}
	r, err := c.GenlRequest(seg6Family, uapi.SEG6_CMD_SETHMAC)
	if err != nil {
		return err
	}
	r.HoldsSecret()
	r.Uint32(uapi.SEG6_ATTR_HMACKEYID, uint32(key))
	r.Uint8(uapi.SEG6_ATTR_SECRETLEN, uint8(len(secret)))
	r.Uint8(uapi.SEG6_ATTR_ALGID, algorithm)
	if secret != "" {
		r.Data(uapi.SEG6_ATTR_SECRET, []byte(secret))
	}
	return failed(c, c.Exec(r))
}

// readSecret asks for a line, which a terminal does not show.
func readSecret(c *cli.Command, prompt string) (string, error) {
	fmt.Fprint(c.Stderr, prompt)
	restore := hideInput(c.Stdin)
	line, err := bufio.NewReader(c.Stdin).ReadString('\n')
	restore()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimSuffix(line, "\n"), err
}

func showTunsrc(c *cli.Command) error {
	r, err := c.GenlRequest(seg6Family, uapi.SEG6_CMD_GET_TUNSRC)
	if err != nil {
		return err
	}
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		c.Out.Object("")
		c.Out.Str("tunsrc", "tunsrc addr %s\n", c.Out.Addr(cli.GenlAttrs(m)[uapi.SEG6_ATTR_DST]))
		c.Out.EndObject()
		return nil
	})
}

func setTunsrc(c *cli.Command) error {
	addr, err := c.NextAddr(uapi.AF_INET6)
	if err != nil {
		return err
	}
	r, err := c.GenlRequest(seg6Family, uapi.SEG6_CMD_SET_TUNSRC)
	if err != nil {
		return err
	}
	b := make([]byte, 16) // "any" is ::
	if addr.IsValid() {
		b = addr.AsSlice()
	}
	r.Data(uapi.SEG6_ATTR_DST, b)
	return failed(c, c.Exec(r))
}
