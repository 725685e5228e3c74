"""Everything outside, one folder per port."""
