package webm

// Ways of lacing several packets into one block (RFC 9559, 10.3), by bits 5 and 6 of its flags.
const (
	lacingNone = iota
	lacingXiph
	lacingFixed
	lacingEBML
)

// block gives the packets of a block of the track: track number, time code i16, flags u8, packets.
func (d *Demuxer) block(b []byte, packet func([]byte) error) error {
	track, n := vint(b, false)
	if n <= 0 || len(b) < n+3 {
		return corrupt("a block of %d bytes has no header", len(b))
	}
	if track != d.track.Number || d.track.Codec == "" {
		return nil
	}
	lacing, b := b[n+2]>>1&3, b[n+3:]
	if lacing == lacingNone {
		return packet(b)
	}
	if len(b) == 0 {
		return corrupt("a laced block without packets")
	}
	sizes, used := laceSizes(b[1:], lacing, int(b[0]))
	b = b[1:]
	total := 0
	for _, s := range sizes {
		total += s
	}
	if used < 0 || total > len(b)-used {
		return corrupt("a laced block whose packets do not fit")
	}
	b = b[used:]
	for _, s := range sizes {
		if err := packet(b[:s]); err != nil {
			return err
		}
		b = b[s:]
	}
	if lacing == lacingFixed {
		return nil
	}
	return packet(b) // the size of the last packet is what is left
}

// laceSizes gives the sizes of the packets before the last, of all with fixed sizes, and the length of their table, -1 where it is damaged.
func laceSizes(b []byte, lacing byte, more int) (sizes []int, used int) {
	if lacing == lacingFixed {
		if len(b)%(more+1) != 0 {
			return nil, -1
		}
		for range more + 1 {
			sizes = append(sizes, len(b)/(more+1))
		}
		return sizes, 0
	}
	last := 0
	for i := range more {
		size, n := 0, 0
		switch {
		case lacing == lacingXiph:
			size, n = xiphSize(b[used:])
		case i == 0:
			v, m := vint(b[used:], false)
			size, n = int(min(v, maxBlock+1)), m
		default: // the difference from the packet before, biased to be positive
			v, m := vint(b[used:], false)
			if m > 0 {
				size, n = last+int(int64(v)-(1<<(7*m-1)-1)), m
			}
		}
		if n <= 0 || size < 0 || size > maxBlock {
			return nil, -1
		}
		sizes, used, last = append(sizes, size), used+n, size
	}
	return sizes, used
}

// xiphSize reads a size as a sum of bytes up to the first below 255.
func xiphSize(b []byte) (size, n int) {
	for i, c := range b {
		size += int(c)
		if c < 255 {
			return size, i + 1
		}
	}
	return 0, -1
}
