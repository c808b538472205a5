//go:build unix && !linux && !darwin

package unix

//sys	Nanosleep(time *Timespec, leftover *Timespec) (err error)
