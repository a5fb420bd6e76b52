"""Customer support as its documentation shows it: departments, bots, a call centre, in its calls.

Each part's calls are as a reader would copy them. The tests add only what such a page leaves out:
`os`, `ContextOptions`, an `agent_id`, the two model functions, and a real address and key.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from live_bridge import LiveBridge
from memtrace import ContextOptions, CreateSessionRequest, Memtrace, RegisterAgentRequest


@pytest.fixture(scope="module")
def key(guarded: LiveBridge) -> str:
    return guarded.key("support", "write")


@pytest.fixture
def memtrace(guarded: LiveBridge, key: str):
    """A client of its own for each part, as each page's program has one."""
    with Memtrace(guarded.url, key) as client:
        yield client


def contents(context) -> str:
    """A context's text on one line, so that a wrapped sentence is found."""
    return " ".join(context.context.split())


def test_three_departments_hand_a_customer_over(
    memtrace: Memtrace, guarded: LiveBridge, key: str,
):
    internet_agent = memtrace.register_agent(RegisterAgentRequest(
        name="internet-support",
        description="Handles internet connectivity and router issues",
    ))
    tv_agent = memtrace.register_agent(RegisterAgentRequest(
        name="tv-support",
        description="Handles TV channels and set-top box issues",
    ))
    billing_agent = memtrace.register_agent(RegisterAgentRequest(
        name="billing-support",
        description="Handles charges, credits, and billing disputes",
    ))
    assert {agent.name for agent in memtrace.list_agents().agents} == {
        "internet-support", "tv-support", "billing-support"}

    # Another process serves another customer: nothing of it may show.
    with Memtrace(guarded.url, key) as another:
        other = another.create_session(CreateSessionRequest(
            agent_id=internet_agent.id, metadata={"customer_id": "cust_99999"}))
        another.remember(internet_agent.id, "The other customer's secret", session_id=other.id)

    session = memtrace.create_session(CreateSessionRequest(
        agent_id=internet_agent.id,
        metadata={
            "customer_id": "cust_12345",
            "account_number": "A-789456",
            "channel": "chat",
        },
    ))
    memtrace.remember(
        internet_agent.id,
        "Customer reports slow internet speeds. Diagnosed: router needs firmware update.",
        session_id=session.id,
        tags=["internet", "router", "firmware"],
        importance=0.8,
    )
    memtrace.decide(
        internet_agent.id,
        "Send router firmware update instructions",
        "Router on old firmware version 2.1, update to 2.4 should resolve speed issues",
    )
    first = session

    sessions = memtrace.search_sessions({
        "metadata": {"customer_id": "cust_12345"},
        "status": "active",
    })
    session = sessions.sessions[0]
    assert session == memtrace.get_session(first.id) and sessions.count == 1

    ctx = memtrace.get_session_context(session.id, ContextOptions())
    seen_by_tv = contents(ctx)
    assert "Diagnosed: router needs firmware update." in seen_by_tv
    assert "Send router firmware update instructions" in seen_by_tv
    assert "update to 2.4 should resolve speed issues" in seen_by_tv
    assert "internet-support" in seen_by_tv and "A-789456" in seen_by_tv
    assert ctx.memory_count == 2

    memtrace.remember(
        tv_agent.id,
        "Customer mentions TV buffering. Likely related to internet issues from earlier today.",
        session_id=session.id,
        tags=["tv", "buffering", "related_to_internet"],
        importance=0.7,
    )
    memtrace.remember(
        tv_agent.id,
        "Customer asking about HBO charge they don't recognize",
        session_id=session.id,
        tags=["billing_issue", "hbo", "handoff_needed"],
        importance=0.9,
    )
    memtrace.decide(
        tv_agent.id,
        "Transfer to billing department",
        "HBO charge inquiry requires billing agent expertise",
    )

    ctx = memtrace.get_session_context(session.id, ContextOptions())
    seen_by_billing = contents(ctx)
    for said in (
        "router needs firmware update", "Send router firmware update instructions",
        "update to 2.4 should resolve speed issues", "TV buffering",
        "HBO charge they don't recognize", "Transfer to billing department",
        "HBO charge inquiry requires billing agent expertise", "internet-support", "tv-support",
        "firmware update.” [answered by decision dec_",
    ):
        assert said in seen_by_billing
    assert ctx.memory_count == 5 and ctx.omitted == 0
    assert "secret" not in seen_by_tv + seen_by_billing and "cust_99999" not in seen_by_billing

    memories = memtrace.list_memories({
        "session_id": session.id,  # All agents in this session
        "since": "7d",
    })
    assert [memory.agent_id for memory in memories.memories] == 3 * ["tv-support"] + 2 * [
        "internet-support"]
    assert billing_agent.id == "billing-support"

    agent_id = billing_agent.id
    told = memtrace.remember(
        agent_id,
        "Customer prefers email communication over phone",
        tags=["preference", "communication"],
        importance=0.9,
    )
    assert told.session_id is None  # billing has not written to the session yet: no guess
    with memtrace.session(session.id):
        memtrace.remember(
            agent_id,
            "Customer satisfied with resolution",
            tags=["sentiment", "positive"],
            importance=0.7,
        )
    told = memtrace.decide(agent_id, "Credit the HBO charge", "It was never ordered")
    assert told.session_id == session.id and told.metadata["session_inferred"] is True
    again = contents(memtrace.get_session_context(session.id, ContextOptions()))
    assert "satisfied with resolution" in again and "Credit the HBO charge" in again


BOTS = {
    "internet": {
        "token": os.getenv("BOT_TOKEN_INTERNET"),
        "agent_id": "internet-support",
        "name": "Juan",
    },
    "tv": {
        "token": os.getenv("BOT_TOKEN_TV"),
        "agent_id": "tv-support",
        "name": "Martin",
    },
    "billing": {
        "token": os.getenv("BOT_TOKEN_BILLING"),
        "agent_id": "billing-support",
        "name": "Cecilia",
    },
}

CUSTOMERS = {
    "nacho": {"customer_id": "cust_001", "account": "A-789456"},
    "maria": {"customer_id": "cust_002", "account": "A-789457"},
    "alex": {"customer_id": "cust_003", "account": "A-789458"},
}


class Bots:
    """The three bots' program; `prompts` keeps what the model was told."""

    def __init__(self, memtrace: Memtrace):
        self.memtrace = memtrace
        self.prompts: list[str] = []

    async def verify_customer(self, first_name: str):
        if first_name.lower() in CUSTOMERS:
            customer = CUSTOMERS[first_name.lower()]
            return customer["customer_id"]
        return None

    async def process_with_llm(self, system_prompt: str, message: str) -> str:
        self.prompts.append(" ".join(system_prompt.split()))
        await asyncio.sleep(0.01)
        return f"We look into: {message}"

    async def analyze_photo_with_llm(self, photo, session) -> str:
        await asyncio.sleep(0.01)
        return "It shows error 4242"

    async def get_or_create_session(self, customer_id: str, agent_id: str):
        memtrace = self.memtrace
        sessions = memtrace.search_sessions({
            "metadata": {"customer_id": customer_id},
            "status": "active",
        })
        if sessions.sessions:
            return sessions.sessions[0]
        return memtrace.create_session(CreateSessionRequest(
            agent_id=agent_id,
            metadata={
                "customer_id": customer_id,
                "channel": "telegram",
            },
        ))

    async def handle_message(self, bot_config, telegram_user_id, message_text):
        memtrace = self.memtrace
        session = await self.get_or_create_session(telegram_user_id, bot_config["agent_id"])
        ctx = memtrace.get_session_context(session.id, ContextOptions(since="7d"))
        system_prompt = f"""
You are {bot_config["name"]}, a {bot_config["agent_id"]} agent for TeleCo.

{ctx.context}

You can see interactions from all departments. Reference them when relevant.
"""
        response = await self.process_with_llm(system_prompt, message_text)
        memtrace.remember(
            bot_config["agent_id"],
            f"Customer: {message_text}",
            session_id=session.id,
            tags=["customer_message", bot_config["agent_id"]],
        )
        memtrace.remember(
            bot_config["agent_id"],
            f"Response: {response}",
            session_id=session.id,
            tags=["agent_response", bot_config["agent_id"]],
        )
        return response

    async def handle_photo(self, bot_config, telegram_user_id, photo):
        memtrace = self.memtrace
        session = await self.get_or_create_session(telegram_user_id, bot_config["agent_id"])
        memtrace.remember(
            bot_config["agent_id"],
            f"Customer sent photo: {photo.file_id}",
            session_id=session.id,
            tags=["photo", "error_screenshot"],
            metadata={"photo_file_id": photo.file_id},
            importance=0.9,
        )
        response = await self.analyze_photo_with_llm(photo, session)
        return response


def test_three_bots_share_each_customers_history(memtrace: Memtrace):
    bots = Bots(memtrace)

    async def main() -> None:
        assert await bots.verify_customer("stranger") is None
        nacho = await bots.verify_customer("Nacho")
        answer = await bots.handle_message(BOTS["internet"], nacho, "My internet is slow")
        assert answer == "We look into: My internet is slow"
        await bots.handle_photo(BOTS["tv"], nacho, SimpleNamespace(file_id="AgACAg-77"))
        await bots.handle_message(BOTS["tv"], nacho, "And the TV buffers")
        await bots.handle_message(BOTS["billing"], nacho, "What is this charge?")

    asyncio.run(main())
    first, second, third = bots.prompts
    assert "You are Juan" in first and "slow" not in first
    assert "You are Martin" in second and "Customer: My internet is slow" in second
    assert "AgACAg-77" in second and "Response: We look into: My internet is slow" in second
    assert "You are Cecilia" in third and "And the TV buffers" in third
    assert "internet-support" in third and "tv-support" in third
    found = memtrace.search_sessions({"metadata": {"customer_id": "cust_001"}})
    assert found.count == 1 and found.sessions[0].metadata["channel"] == "telegram"
    photos = memtrace.list_memories({"session_id": found.sessions[0].id, "tags": "photo"})
    assert photos.memories[0].metadata == {"photo_file_id": "AgACAg-77"}


def test_a_numeric_user_is_found_again(memtrace: Memtrace):
    async def main() -> None:
        bots = Bots(memtrace)
        first = await bots.get_or_create_session(77001234, "internet-support")
        assert (await bots.get_or_create_session(77001234, "tv-support")).id == first.id
        assert (await bots.get_or_create_session("77001234", "tv-support")).id == first.id
        assert (await bots.get_or_create_session(7700123, "tv-support")).id != first.id

    asyncio.run(main())


@pytest.mark.parametrize("apart", ["tasks", "threads"])
def test_two_customers_at_once_never_cross(memtrace: Memtrace, apart: str):
    bots = Bots(memtrace)

    async def talk(customer: str) -> None:
        for turn in range(4):
            bot = BOTS[("internet", "tv", "billing")[turn % 3]]
            await bots.handle_message(bot, customer, f"{customer} asks {turn}")
            session = await bots.get_or_create_session(customer, bot["agent_id"])
            with memtrace.session(session.id):
                memtrace.decide(bot["agent_id"], f"{customer} is helped {turn}", "It was asked")

    async def together() -> None:
        await asyncio.gather(talk("tasks-a"), talk("tasks-b"))

    pair = [f"{apart}-a", f"{apart}-b"]
    if apart == "tasks":
        asyncio.run(together())
    else:
        with ThreadPoolExecutor(2) as pool:
            for outcome in [pool.submit(asyncio.run, talk(customer)) for customer in pair]:
                outcome.result()
    for mine, others in (pair, pair[::-1]):
        ctx = contents(memtrace.get_context({"where": {"customer_id": mine}}))
        assert all(f"{mine} asks {turn}" in ctx for turn in range(4))
        assert all(f"{mine} is helped {turn}" in ctx for turn in range(4))
        assert others not in ctx
    for prompt in bots.prompts:
        assert not (pair[0] in prompt and pair[1] in prompt)


def test_a_call_centre_knows_who_calls_back(memtrace: Memtrace):
    agents = []
    for i in range(50):
        agent = memtrace.register_agent(RegisterAgentRequest(
            name=f"support-agent-{i}",
            description="General customer support agent",
        ))
        agents.append(agent)

    async def handle_call(customer_phone: str, assigned_agent_id: str):
        sessions = memtrace.search_sessions({
            "metadata": {"phone": customer_phone},
            "order": "desc",
            "limit": 1,
        })
        if sessions.sessions:
            previous_session = sessions.sessions[0]
            ctx = memtrace.get_session_context(
                previous_session.id,
                ContextOptions(since="30d"),
            )
            system_prompt = f"""
You are a customer support agent.

This customer has called before. Here's the history:

{ctx.context}

Acknowledge their previous issue and check if it's resolved.
"""
        else:
            system_prompt = "You are a customer support agent. This is a new customer."
        session = memtrace.create_session(CreateSessionRequest(
            agent_id=assigned_agent_id,
            metadata={
                "phone": customer_phone,
                "call_type": "inbound",
            },
        ))
        return system_prompt, session

    async def close_call(session_id: str, agent_id: str, resolution: str):
        memtrace.remember(
            agent_id,
            f"Call resolved: {resolution}",
            session_id=session_id,
            tags=["resolution", "call_complete"],
            importance=1.0,
        )
        memtrace.close_session(session_id)

    async def main() -> None:
        prompt, first = await handle_call("+1234567890", agents[7].id)
        assert "new customer" in prompt
        await close_call(first.id, agents[7].id, "line reset at the exchange")
        assert memtrace.remember("x", "after the call").session_id is None
        prompt, second = await handle_call("+1234567890", agents[41].id)
        assert "has called before" in prompt and "line reset at the exchange" in prompt
        assert "support-agent-7" in prompt
        await close_call(second.id, agents[41].id, "router replaced")
        prompt, _ = await handle_call("+1234567890", agents[3].id)
        assert "router replaced" in prompt
        prompt, _ = await handle_call("+1999", agents[3].id)
        assert "new customer" in prompt
        closed = memtrace.search_sessions({
            "metadata": {"phone": "+1234567890"}, "status": "closed"})
        assert {session.id for session in closed.sessions} == {first.id, second.id}

    asyncio.run(main())
