package netlink

import (
	"iter"
	"time"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// DevlinkHealthReporter watches over a part of a device or a port: devlink health (Linux 5.1). To set one takes what
// it is of, its name and what changes.
type DevlinkHealthReporter struct {
	DevlinkRef
	Name           string
	GracefulPeriod *uint64 // milliseconds between two recoveries that the reporter begins by itself
	BurstPeriod    *uint64 // milliseconds within which errors are recovered from before that counts (Linux 6.18)
	AutoRecover    *bool
	AutoDump       *bool // it makes a dump when an error occurs (Linux 5.7)

	// Read only.
	Failed     bool // there was an error, and no recovery since
	Errors     uint64
	Recoveries uint64
	DumpTime   time.Time // when the dump was made that there is; zero: there is none
}

func (r *DevlinkHealthReporter) attrs(c *attr.Codec) {
	r.DevlinkRef.attrs(c)
	if c.Encoding() {
		r.fields(c)
	} else {
		attr.Nest(c, uapi.DEVLINK_ATTR_HEALTH_REPORTER, r.fields)
	}
}

// fields are in a nest in answers, and beside the names in requests.
func (r *DevlinkHealthReporter) fields(c *attr.Codec) {
	attr.String(c, uapi.DEVLINK_ATTR_HEALTH_REPORTER_NAME, &r.Name)
	attr.OptU64(c, uapi.DEVLINK_ATTR_HEALTH_REPORTER_GRACEFUL_PERIOD, &r.GracefulPeriod)
	attr.OptU64(c, uapi.DEVLINK_ATTR_HEALTH_REPORTER_BURST_PERIOD, &r.BurstPeriod)
	attr.OptBool(c, uapi.DEVLINK_ATTR_HEALTH_REPORTER_AUTO_RECOVER, &r.AutoRecover)
	attr.OptBool(c, uapi.DEVLINK_ATTR_HEALTH_REPORTER_AUTO_DUMP, &r.AutoDump)
	attr.Bool(c, uapi.DEVLINK_ATTR_HEALTH_REPORTER_STATE|attr.ReadOnly, &r.Failed)
	attr.U64(c, uapi.DEVLINK_ATTR_HEALTH_REPORTER_ERR_COUNT|attr.ReadOnly, &r.Errors)
	attr.U64(c, uapi.DEVLINK_ATTR_HEALTH_REPORTER_RECOVER_COUNT|attr.ReadOnly, &r.Recoveries)
	var at uint64
	if attr.U64(c, uapi.DEVLINK_ATTR_HEALTH_REPORTER_DUMP_TS_NS|attr.ReadOnly, &at); at != 0 {
		r.DumpTime = time.Unix(0, int64(at))
	}
}

// DevlinkHealthReporterSeq gives the reporters of a device and its ports, or of a port, as they come: devlink health
// show. The last pair holds the error, if there is one.
func (h *Handle) DevlinkHealthReporterSeq(of DevlinkRef) iter.Seq2[DevlinkHealthReporter, error] {
	return devlinkSeq[DevlinkHealthReporter](h, uapi.DEVLINK_CMD_HEALTH_REPORTER_GET, "devlink health list", of)
}

// DevlinkHealthReporterGet returns a reporter: devlink health show DEV reporter NAME.
func (h *Handle) DevlinkHealthReporterGet(of DevlinkRef, name string) (*DevlinkHealthReporter, error) {
	return devlinkGet(h, uapi.DEVLINK_CMD_HEALTH_REPORTER_GET, "devlink health get", reporterOf(of, name))
}

func reporterOf(of DevlinkRef, name string) *DevlinkHealthReporter {
	return &DevlinkHealthReporter{DevlinkRef: of, Name: name}
}

// DevlinkHealthReporterSet changes a reporter: devlink health set.
func (h *Handle) DevlinkHealthReporterSet(reporter DevlinkHealthReporter) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_HEALTH_REPORTER_SET, "devlink health set", &reporter)
}

// DevlinkHealthRecover has a reporter recover from an error: devlink health recover.
func (h *Handle) DevlinkHealthRecover(of DevlinkRef, name string) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_HEALTH_REPORTER_RECOVER, "devlink health recover", reporterOf(of, name))
}

// DevlinkHealthTest has a reporter report an error that is none (Linux 5.11): devlink health test.
func (h *Handle) DevlinkHealthTest(of DevlinkRef, name string) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_HEALTH_REPORTER_TEST, "devlink health test", reporterOf(of, name))
}

// DevlinkHealthDumpClear deletes the dump that a reporter has, so that the next error makes another: devlink health
// dump clear.
func (h *Handle) DevlinkHealthDumpClear(of DevlinkRef, name string) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_HEALTH_REPORTER_DUMP_CLEAR, "devlink health dump clear", reporterOf(of, name))
}

// DevlinkHealthDiagnose returns what a reporter says of its part of the device: devlink health diagnose.
func (h *Handle) DevlinkHealthDiagnose(of DevlinkRef, name string) (DevlinkValue, error) {
	var f devlinkFormatter
	c := devlinkAbout[DevlinkHealthReporter](uapi.DEVLINK_CMD_HEALTH_REPORTER_DIAGNOSE, "devlink health diagnose",
		reporterOf(of, name))
	err := c.get(h, f.read)
	return f.value(), err
}

// DevlinkHealthDump returns the dump that a reporter has; one that has none makes it: devlink health dump show.
func (h *Handle) DevlinkHealthDump(of DevlinkRef, name string) (DevlinkValue, error) {
	var f devlinkFormatter
	c := devlinkAbout[DevlinkHealthReporter](uapi.DEVLINK_CMD_HEALTH_REPORTER_DUMP_GET, "devlink health dump get",
		reporterOf(of, name))
	for _, err := range genlSeq(h, c, func(d *wire.Decoder, _ *struct{}) bool { f.read(d); return true }) {
		if err != nil {
			return DevlinkValue{}, h.wrap(err, c.op, c.object)
		}
	}
	return f.value(), nil
}
