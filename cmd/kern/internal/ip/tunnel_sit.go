package ip

import (
	"encoding/binary"
	"errors"
	"fmt"
	"syscall"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
)

// sitIoctl makes one of the calls that only tunnels of IPv6 over IPv4 have.
func sitIoctl(c *cli.Command, cmd uint32, dev string, data []byte) error {
	err := tunnelIoctl(c, uapi.AF_INET, cmd, dev, data)
	return tunnelFailed(err, "%s: ioctl "+fmt.Sprintf("%x", cmd)+" failed: %s", dev)
}

// changePRL is "tunnel prl".
func changePRL(c *cli.Command) error {
	var prl uapi.IpTunnelPrl
	var cmd uint32
	var dev string
	for entries := 0; c.More(); {
		next := func(request uint32, flags uint16) error {
			var a [4]byte
			err := nextTunnelAddr4(c, a[:])
			prl.Addr, prl.Flags = binary.BigEndian.Uint32(a[:]), prl.Flags|flags
			cmd, entries = request, entries+1
			return err
		}
		var err error
		switch {
		case c.Take("prl-default"):
			err = next(uapi.SIOCADDPRL, uapi.PRL_DEFAULT)
		case c.Take("prl-nodefault"):
			err = next(uapi.SIOCADDPRL, 0)
		case c.Take("prl-delete"):
			err = next(uapi.SIOCDELPRL, 0)
		case c.Take("dev"):
			dev, err = nextIfname(c, "\"dev\" not a valid ifname")
		default:
			return wrongSitWord(c, "PRL")
		}
		if err != nil {
			return err
		}
		if entries > 1 {
			return cli.Exit(cli.StatusUsage, "One PRL entry at a time")
		}
	}
	if dev == "" {
		return cli.Exit(cli.StatusUsage, "Must specify device")
	}
	b := make([]byte, tunnelBytes)
	prl.Put(b)
	return sitIoctl(c, cmd, dev, b)
}

func wrongSitWord(c *cli.Command, what string) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	return cli.Exit(cli.StatusUsage, "Invalid %s parameter \"%s\"", what, word)
}

// change6rd is "tunnel 6rd".
func change6rd(c *cli.Command) error {
	var rd uapi.IpTunnel6rd
	var cmd uint32
	var dev string
	for c.More() {
		var err error
		var p cli.Prefix
		switch {
		case c.Take("6rd-prefix"):
			p, err = c.NextPrefix(uapi.AF_INET6)
			copy(rd.Prefix[:], p.Bytes())
			rd.Prefixlen, cmd = uint16(p.Bits), uapi.SIOCADD6RD
		case c.Take("6rd-relay_prefix"):
			p, err = c.NextPrefix(uapi.AF_INET)
			if err == nil {
				rd.RelayPrefix = binary.BigEndian.Uint32(p.Bytes())
			}
			rd.RelayPrefixlen, cmd = uint16(p.Bits), uapi.SIOCADD6RD
		case c.Take("6rd-reset"):
			cmd = uapi.SIOCDEL6RD
		case c.Take("dev"):
			dev, err = nextIfname(c, "\"dev\" not a valid ifname")
		default:
			return wrongSitWord(c, "6RD")
		}
		if err != nil {
			return err
		}
	}
	if dev == "" {
		return cli.Exit(cli.StatusUsage, "Must specify device")
	}
	b := make([]byte, tunnelBytes)
	rd.Put(b)
	return sitIoctl(c, cmd, dev, b)
}

// listedRouters is how many routers are asked for, as many as ip shows.
const listedRouters = 15

// showPRL prints the routers of an isatap tunnel. The kernel writes them behind the structure that asks for them.
func showPRL(c *cli.Command, dev string) {
	b := make([]byte, (1+listedRouters)*uapi.SizeofIpTunnelPrl)
	(&uapi.IpTunnelPrl{Datalen: listedRouters * uapi.SizeofIpTunnelPrl}).Put(b)
	if err := sitIoctl(c, uapi.SIOCGETPRL, dev, b); err != nil {
		fmt.Fprintln(c.Stderr, err)
		return
	}
	p := c.Out
	for b = b[uapi.SizeofIpTunnelPrl:]; len(b) != 0; b = b[uapi.SizeofIpTunnelPrl:] {
		var r uapi.IpTunnelPrl
		r.Decode(b)
		switch {
		case r.Addr == 0:
		case r.Flags&uapi.PRL_DEFAULT != 0:
			p.Str("pdr", " pdr %s", p.Addr(addr4(r.Addr)))
		default:
			p.Str("pr", " pr %s", p.Addr(addr4(r.Addr)))
		}
	}
}

// show6rd prints the prefixes of 6rd, where the kernel has it and the tunnel is not the first device of its kind.
func show6rd(c *cli.Command, dev string) {
	b := make([]byte, tunnelBytes)
	err := tunnelIoctl(c, uapi.AF_INET, uapi.SIOCGET6RD, dev, b)
	if err != nil {
		if !errors.Is(err, syscall.EINVAL) {
			fmt.Fprintln(c.Stderr, tunnelFailed(err, "%s: ioctl "+fmt.Sprintf("%x", uapi.SIOCGET6RD)+" failed: %s", dev))
		}
		return
	}
	var rd uapi.IpTunnel6rd
	if rd.Decode(b); rd.Prefixlen == 0 {
		return
	}
	p := c.Out
	p.Str("6rd-prefix", " 6rd-prefix %s", addr6(rd.Prefix))
	p.Uint("6rd-prefixlen", "/%d", uint64(rd.Prefixlen))
	if rd.RelayPrefix != 0 {
		p.Str("6rd-relay_prefix", " 6rd-relay_prefix %s", p.Addr(addr4(rd.RelayPrefix)))
		p.Uint("6rd-relay_prefixlen", "/%d", uint64(rd.RelayPrefixlen))
	}
}
