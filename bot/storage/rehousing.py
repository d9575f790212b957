"""A person's account gets another Telegram chat: all rows that hang on the account stay where they are."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.storage.tables import (
    Account,
    BoardKey,
    BoardSession,
    ChatMember,
    Notice,
    Ticket,
    TicketCopy,
    TicketMessage,
)

ASKED = (Ticket, TicketMessage, TicketCopy, Notice)
"""What a guest began before they said who they are goes along with them."""
OF_THE_CHAT = ((ChatMember, ChatMember.member_id), (BoardSession, BoardSession.account_id))
"""What is known of a Telegram account alone, and browsers that came in through it."""
BETWEEN = -(10**17)


def rehouse(session: Session, account: Account, guest: Account) -> None:
    """Exchange the Telegram numbers of an account and a guest, and the languages they have chosen.

    What stands in the old chat is changed there no more: a message that keeps itself current comes anew.
    """
    for table in ASKED:
        session.execute(update(table).where(table.account_id == guest.id).values(account_id=account.id))
    for gone, column in (*OF_THE_CHAT, (BoardKey, BoardKey.account_id)):
        session.execute(delete(gone).where(column == account.id))
    standing = update(Notice).where(Notice.account_id == account.id, Notice.live.is_(True))
    session.execute(standing.values(message_id=None))
    left, there, blocked = account.user_id, guest.user_id, account.blocked_at
    guest.user_id = BETWEEN - guest.id  # no two accounts have one number, even for a moment
    session.flush()
    account.user_id = there
    session.flush()
    guest.user_id, guest.blocked_at, account.blocked_at = left, blocked, None
    account.language, guest.language = guest.language or account.language, account.language
    session.flush()
