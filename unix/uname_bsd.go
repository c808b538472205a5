//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

// Uname is uname(3). What does not fit is cut.
func Uname(uname *Utsname) error {
	for _, f := range [...]struct {
		mib  [2]int32
		text []byte
	}{
		{[2]int32{CTL_KERN, KERN_OSTYPE}, uname.Sysname[:]},
		{[2]int32{CTL_KERN, KERN_HOSTNAME}, uname.Nodename[:]},
		{[2]int32{CTL_KERN, KERN_OSRELEASE}, uname.Release[:]},
		{[2]int32{CTL_KERN, KERN_VERSION}, uname.Version[:]},
		{[2]int32{CTL_HW, HW_MACHINE}, uname.Machine[:]},
	} {
		n := uintptr(len(f.text))
		if err := sysctl(f.mib[:], &f.text[0], &n, nil, 0); err != nil && err != ENOMEM {
			return err
		}
		f.text[len(f.text)-1] = 0
	}
	// The version is of several lines; a last one has nothing behind it.
	for i, c := range uname.Version {
		if c == '\n' || c == '\t' {
			uname.Version[i] = ' '
			if i+1 == len(uname.Version) || uname.Version[i+1] == 0 {
				uname.Version[i] = 0
			}
		}
	}
	return nil
}
