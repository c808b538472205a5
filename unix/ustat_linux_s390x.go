package unix

// kernelUstat is what the kernel stores here: its inode number has 32 bits, that of programs' struct ustat 64.
type kernelUstat struct {
	Tfree  int32
	Tinode uint32
	Fname  [6]int8
	Fpack  [6]int8
}

// Ustat is ustat(2).
func Ustat(dev int, ubuf *Ustat_t) (err error) {
	if ubuf == nil {
		return EFAULT
	}
	var k kernelUstat
	if err := ustat(dev, &k); err != nil {
		return err
	}
	*ubuf = Ustat_t{Tfree: k.Tfree, Tinode: uint64(k.Tinode), Fname: k.Fname, Fpack: k.Fpack}
	return nil
}
