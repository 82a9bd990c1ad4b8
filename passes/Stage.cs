namespace Lathe.Passes;

/// <summary>Where on the way from a model to machine code a pass belongs. Graphs up to <see cref="Layout"/>, programs from <see cref="Lower"/> on.</summary>
public enum Stage { Import, Simplify, Compress, Fuse, Layout, Lower, Schedule, Memory }
