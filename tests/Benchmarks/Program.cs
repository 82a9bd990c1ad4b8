using Lathe.Benchmarks;

Console.WriteLine(FormattableString.Invariant($"FMA peak, one core: {FmaPeak.Measure():F1} GFLOP/s (f32)"));
