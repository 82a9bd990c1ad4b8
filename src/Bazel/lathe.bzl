"""lathe_model: a cc_library of a model, made by `lathe compile`. docs/cmake.md shows it in a build."""

def lathe_model(
        name,
        model,
        data = [],
        c_name = None,
        targets = [],
        triple = None,
        dims = [],
        recipe = None,
        calibrate = None,
        options = [],
        lathe = "lathe",
        **kwargs):
    """A static library with its header, which cc_binary and cc_library take among their deps.

    Args:
      name: of the library.
      model: the .onnx file.
      data: files beside the model that it names: external data.
      c_name: what names in C begin with; the library's name by default.
      targets: processors, as `lathe targets` lists them; several are levels of code in one library. Give them: `host` is the machine that builds.
      triple: the system; this machine's by default.
      dims: open dimensions: "batch=1", "seq=1..512".
      recipe: a pipeline file.
      calibrate: a file of data for compression.
      options: anything else that `lathe compile` takes.
      lathe: the compiler, a name on the search path or a path.
      **kwargs: what cc_library takes: visibility, tags.
    """
    c_name = c_name or name
    folder = name + ".model"
    arguments = ["--name", c_name, "--emit", "static,header,contract", "--quiet"]
    if targets:
        arguments += ["--cpu", ",".join(targets)]
    if triple:
        arguments += ["--triple", triple]
    for dim in dims:
        arguments += ["--dim", dim]
    if recipe:
        arguments += ["--pipeline", "$(location %s)" % recipe]
    if calibrate:
        arguments += ["--calibrate", "$(location %s)" % calibrate]
    library = "%s/lib%s.a" % (folder, c_name)
    headers = ["%s/%s.h" % (folder, c_name), "%s/lathe.h" % folder]
    native.genrule(
        name = name + "_compile",
        srcs = [model] + data + ([recipe] if recipe else []) + ([calibrate] if calibrate else []),
        outs = [library, "%s/%s.json" % (folder, c_name)] + headers,
        # Objects that were made before lie in the user's cache; Bazel has its own, and a sandbox has no home.
        cmd = "LATHE_CACHE=off %s compile $(location %s) -o $(RULEDIR)/%s %s" % (lathe, model, folder, " ".join(["'%s'" % a for a in arguments + options])),
        message = "Compiling " + model,
    )
    native.cc_library(
        name = name,
        srcs = [library],
        hdrs = headers,
        includes = [folder],
        linkopts = ["-lm"] + (["-pthread"] if "--pool" in options else []),
        **kwargs
    )
