/// Chromium without a window, driven from Python: what suites that open pages share.
enum Browser {
    /// Speaks the DevTools protocol over two pipes.
    ///
    /// The arguments are the browser, a folder of its own, and a file with questions. `call` calls a method, `evaluate` runs a script;
    /// what the browser complains of, and other addresses that it asks, are in `state`.
    static let prelude = """
        import json, os, subprocess, sys
        chromium, home, questions = sys.argv[1:]
        reads, writes = os.pipe(), os.pipe()
        browser = subprocess.Popen(
            ["sh", "-c", f"exec '{chromium}' --headless --no-sandbox --disable-gpu --disable-dev-shm-usage"
             f" --remote-debugging-pipe --user-data-dir={home}/profile 3<&{reads[0]} 4>&{writes[1]}"],
            pass_fds=(reads[0], writes[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(reads[0]); os.close(writes[1])
        state = {"id": 0, "session": None, "rest": b"", "complaints": []}

        def call(method, **parameters):
            state["id"] += 1
            message = {"id": state["id"], "method": method, "params": parameters}
            if state["session"]:
                message["sessionId"] = state["session"]
            os.write(reads[1], json.dumps(message).encode() + b"\\0")
            while True:
                while b"\\0" not in state["rest"]:
                    piece = os.read(writes[0], 1 << 20)
                    if not piece:
                        sys.exit("the browser ended")
                    state["rest"] += piece
                answer, _, state["rest"] = state["rest"].partition(b"\\0")
                answer = json.loads(answer)
                if answer.get("id") == state["id"]:
                    return answer["result"]
                method = answer.get("method")
                if method in ("Log.entryAdded", "Runtime.exceptionThrown"):
                    state["complaints"].append(json.dumps(answer["params"])[:500])
                if method == "Network.requestWillBeSent":
                    url = answer["params"]["request"]["url"]
                    if not url.startswith("file://"):
                        state["complaints"].append(url)

        def evaluate(script):
            return call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)["result"].get("value")

        WAIT = "new Promise((done) => { const look = () => (%s) ? done() : setTimeout(look, 20); look(); })"
        target = call("Target.createTarget", url="about:blank")["targetId"]
        state["session"] = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            call(domain + ".enable")
        """
}
