using System.CommandLine;

return new RootCommand("Lathe compiles ONNX models into small, fast native libraries.").Parse(args).Invoke();
