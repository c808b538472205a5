package devlink

import (
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
)

func healthUsage() string {
	return `
health show [ DEV | DEV/PORT_INDEX ] [ reporter REPORTER ]
health recover { DEV | DEV/PORT_INDEX } reporter REPORTER
health diagnose { DEV | DEV/PORT_INDEX } reporter REPORTER
health test { DEV | DEV/PORT_INDEX } reporter REPORTER
health dump show { DEV | DEV/PORT_INDEX } reporter REPORTER
health dump clear { DEV | DEV/PORT_INDEX } reporter REPORTER
health set { DEV | DEV/PORT_INDEX } reporter REPORTER [ grace_period MSEC ]
           [ burst_period MSEC ] [ auto_recover { true | false } ]
           [ auto_dump { true | false } ]
`
}

var (
	reporters     = []*word{&reporterWord}
	listReporters = listing{section: "health", cmd: uapi.DEVLINK_CMD_HEALTH_REPORTER_GET, one: ofDevice | ofPort,
		need: reporters, all: ofDevice | ofPort, show: showReporter}
	listPortReporters = listing{section: "health", cmd: uapi.DEVLINK_CMD_HEALTH_REPORTER_GET, one: ofDevice | ofPort,
		need: reporters, all: ofDevice | ofPort, show: func(o *out, m *message) {
			if m.has(uapi.DEVLINK_ATTR_PORT_INDEX) {
				showReporter(o, m)
			}
		}}
	recoverHealth = request{cmd: uapi.DEVLINK_CMD_HEALTH_REPORTER_RECOVER, of: ofDevice | ofPort, need: reporters}
	testReporter  = request{cmd: uapi.DEVLINK_CMD_HEALTH_REPORTER_TEST, of: ofDevice | ofPort, need: reporters}
	clearDump     = request{cmd: uapi.DEVLINK_CMD_HEALTH_REPORTER_DUMP_CLEAR, of: ofDevice | ofPort, need: reporters}
	setReporter   = request{cmd: uapi.DEVLINK_CMD_HEALTH_REPORTER_SET, of: ofDevice | ofPort, need: reporters,
		may: []*word{&graceWord, &burstPeriodWord, &autoRecoverWord, &autoDumpWord}}
	diagnose = request{cmd: uapi.DEVLINK_CMD_HEALTH_REPORTER_DIAGNOSE, of: ofDevice | ofPort, need: reporters}
	dumpShow = request{cmd: uapi.DEVLINK_CMD_HEALTH_REPORTER_DUMP_GET, of: ofDevice | ofPort, need: reporters}
)

func runHealth(c *cli.Command) error {
	showDump := func(c *cli.Command) error { return showFormatted(c, &dumpShow, dump) }
	return choose(c, listReporters.run, lister(listReporters.run,
		cli.Verb{Name: "recover", Run: recoverHealth.run},
		cli.Verb{Name: "diagnose", Run: func(c *cli.Command) error { return showFormatted(c, &diagnose, query) }},
		cli.Verb{Name: "test", Run: testReporter.run},
		cli.Verb{Name: "dump", Run: func(c *cli.Command) error {
			return choose(c, showDump, lister(showDump, cli.Verb{Name: "clear", Run: clearDump.run})...)
		}},
		cli.Verb{Name: "set", Run: setReporter.run},
	)...)
}

// runPortHealth is "port health": as "health", but that only reporters of ports are listed.
func runPortHealth(c *cli.Command) error {
	if words := len(c.Rest); words == 0 || words == 1 && c.TakeAbbr("show", "list") {
		return listPortReporters.run(c)
	}
	return runHealth(c)
}

// reporterFields are those behind the times.
var reporterFields = []field{
	{typ: uapi.DEVLINK_ATTR_HEALTH_REPORTER_GRACEFUL_PERIOD, key: "grace_period", form: asSize},
	{typ: uapi.DEVLINK_ATTR_HEALTH_REPORTER_BURST_PERIOD, key: "burst_period", form: asSize},
	{typ: uapi.DEVLINK_ATTR_HEALTH_REPORTER_AUTO_RECOVER, key: "auto_recover", form: asTruth},
	{typ: uapi.DEVLINK_ATTR_HEALTH_REPORTER_AUTO_DUMP, key: "auto_dump", form: asTruth},
}

// showReporter prints a reporter of a device or a port.
func showReporter(o *out, m *message) {
	r := m.in(uapi.DEVLINK_ATTR_HEALTH_REPORTER)
	o.member(m.owner())
	o.str("reporter", r.text(uapi.DEVLINK_ATTR_HEALTH_REPORTER_NAME))
	o.newline()
	o.indent += step
	o.str("state", nameOf(healthStates, r.number(uapi.DEVLINK_ATTR_HEALTH_REPORTER_STATE), "state"))
	o.size("error", r.number(uapi.DEVLINK_ATTR_HEALTH_REPORTER_ERR_COUNT))
	o.size("recover", r.number(uapi.DEVLINK_ATTR_HEALTH_REPORTER_RECOVER_COUNT))
	if at, ok := dumpTime(r); ok {
		o.str("last_dump_date", at.Format(time.DateOnly))
		o.str("last_dump_time", at.Format(time.TimeOnly))
	}
	o.fields(r, reporterFields)
	o.indent -= step
	o.endHandle(m)
}

// dumpTime is when the dump was made that a reporter has. Kernels before Linux 5.2 say it by the jiffies since they
// started.
func dumpTime(r *message) (time.Time, bool) {
	if r.has(uapi.DEVLINK_ATTR_HEALTH_REPORTER_DUMP_TS_NS) {
		return time.Unix(0, int64(r.number(uapi.DEVLINK_ATTR_HEALTH_REPORTER_DUMP_TS_NS))), true
	}
	return time.Time{}, false
}
