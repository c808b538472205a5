package devlink

import (
	"errors"
	"fmt"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// flash writes a file that the kernel finds below its directory of firmware into a device, and shows how far it is.
func flash(c *cli.Command) error {
	q := request{cmd: uapi.DEVLINK_CMD_FLASH_UPDATE, of: ofDevice, need: []*word{&fileWord},
		may: []*word{&componentWord, &overwriteWord}}
	a, err := q.read(c)
	if err != nil {
		return err
	}
	group, err := c.GenlGroup(uapi.DEVLINK_GENL_NAME, uapi.DEVLINK_GENL_MCGRP_CONFIG_NAME)
	if err != nil {
		return failed("Failed to connect to devlink Netlink")
	}
	listener, err := wire.Listen(c.SocketConfig(uapi.NETLINK_GENERIC), group)
	if err != nil {
		return err
	}
	defer listener.Close()
	done := make(chan error, 1) // what the order ended with
	go func() { done <- ask(c, q.cmd, order, a.put, nil) }()
	p := &flashProgress{c: c, device: a.handle, tty: cli.IsTerminal(c.Stdout), since: time.Now()}
	for {
		select {
		case err := <-done:
			p.drain(listener)
			return err
		default:
			if _, err := p.wait(listener, flashPause); err != nil {
				return errors.Join(<-done, err)
			}
		}
	}
}

// flashPause is how often a terminal shows how long the device has been silent.
const flashPause = 100 * time.Millisecond

// flashProgress shows what a device says while it is flashed.
type flashProgress struct {
	c       *cli.Command
	device  handle
	tty     bool
	since   time.Time // the last message was another one
	timeout uint64    // seconds that the device says that it will take, 0: it does not
	elapsed string    // how long that is, as it stands on the terminal
	message string    // the last one, with its component
	percent bool      // it has a part done
	any     bool      // a line is open
}

// drain shows what has come already.
func (p *flashProgress) drain(l *wire.Listener) {
	for more := true; more; {
		more, _ = p.wait(l, -1) // the order's own end is what counts
	}
	p.endLine()
}

// endLine ends the line that is open, if one is.
func (p *flashProgress) endLine() {
	if p.any {
		p.print("\n")
		p.any = false
	}
}

// wait shows one datagram of events, and reports whether one came. Lost events are no error.
func (p *flashProgress) wait(l *wire.Listener, timeout time.Duration) (came bool, err error) {
	err = l.Receive(p.c.Ctx, timeout, func(m wire.Message) { p.show(newMessage(m)) })
	if p.tty && p.any {
		p.showElapsed()
	}
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, wire.ErrTimeout), errors.Is(err, wire.ErrOverrun):
		return false, nil
	}
	return false, err
}

func (p *flashProgress) show(m *message) {
	of := m.port()
	if of.bus != p.device.bus || of.dev != p.device.dev {
		return
	}
	p.clearElapsed()
	switch m.cmd {
	case uapi.DEVLINK_CMD_FLASH_UPDATE_END:
		p.endLine()
	case uapi.DEVLINK_CMD_FLASH_UPDATE_STATUS:
		p.status(m)
	}
}

func (p *flashProgress) status(m *message) {
	text := m.text(uapi.DEVLINK_ATTR_FLASH_UPDATE_STATUS_MSG)
	if component := m.text(uapi.DEVLINK_ATTR_FLASH_UPDATE_COMPONENT); component != "" {
		text = "[" + component + "] " + text
	}
	p.timeout = m.number(uapi.DEVLINK_ATTR_FLASH_UPDATE_STATUS_TIMEOUT)
	switch {
	case p.any && p.percent && text == p.message:
		p.terminal("\b\b\b\b\b")
	default:
		if p.any {
			p.print("\n")
		}
		p.since, p.message = time.Now(), text
		p.print("%s", text)
	}
	p.any = true
	total := m.number(uapi.DEVLINK_ATTR_FLASH_UPDATE_STATUS_TOTAL)
	if p.percent = total != 0; p.percent {
		part := float64(m.number(uapi.DEVLINK_ATTR_FLASH_UPDATE_STATUS_DONE)) / float64(total)
		p.terminal(" %3.0f%%", 100*part)
	}
}

// showElapsed shows how long the device has been silent, when that is long, or when it said how long it will be.
func (p *flashProgress) showElapsed() {
	silent := uint64(time.Since(p.since) / time.Second)
	if silent <= 2 && p.timeout == 0 {
		return
	}
	p.clearElapsed()
	minutes := func(s uint64) string { return fmt.Sprintf("%dm %ds", s/60, s%60) }
	switch {
	case p.timeout == 0:
		p.elapsed = " ( " + minutes(silent) + " )"
	case silent <= p.timeout:
		p.elapsed = " ( " + minutes(silent) + " : " + minutes(p.timeout) + " )"
	default:
		p.elapsed = " ( " + minutes(silent) + " : timeout reached )"
	}
	p.terminal("%s", p.elapsed)
}

func (p *flashProgress) clearElapsed() {
	for range len(p.elapsed) {
		p.terminal("\b \b")
	}
	p.elapsed = ""
}

// terminal prints what only people want.
func (p *flashProgress) terminal(format string, args ...any) {
	if p.tty {
		p.print(format, args...)
	}
}

// print writes at once. A stream that takes nothing more is found when the command ends.
func (p *flashProgress) print(format string, args ...any) {
	p.c.Out.Text(format, args...)
	_ = p.c.Flush()
}

var flashFields = []field{
	{typ: uapi.DEVLINK_ATTR_FLASH_UPDATE_STATUS_MSG, key: "msg", form: asText},
	{typ: uapi.DEVLINK_ATTR_FLASH_UPDATE_COMPONENT, key: "component", form: asText},
	{typ: uapi.DEVLINK_ATTR_FLASH_UPDATE_STATUS_DONE, key: "done", form: asSize},
	{typ: uapi.DEVLINK_ATTR_FLASH_UPDATE_STATUS_TOTAL, key: "total", form: asSize},
}

// showFlash prints what a device says while it is flashed, as an event.
func showFlash(o *out, m *message) { o.fields(m, flashFields) }
